"""What a person searched for, kept sealed under an opaque key: the address holds the key, never a name or a CPF.

So a search survives reload, back and sign-in in another tab, and a fresh visit to the list starts unfiltered.
"""

import re
import secrets
from typing import Literal

from services.portal.application.ports import SealedStore

List = Literal["patients", "exams", "staff", "audit"]
_KEY = re.compile(r"[0-9a-f]{16}")
_KEPT_S = 3600


class Searches:
    def __init__(self, store: SealedStore) -> None:
        self._store = store

    async def keep(self, owner: str, which: List, asked: dict[str, str], key: str | None = None) -> str:
        """Keep what was asked, in the place of an earlier search when its key is given; return the key."""
        if key is None or not _KEY.fullmatch(key):
            key = secrets.token_hex(8)
        await self._store.put(owner, f"search.{which}.{key}", asked, _KEPT_S)
        return key

    async def recall(self, owner: str, which: List, key: str) -> dict[str, str] | None:
        """Return what was asked under this key by the same visitor; None when it ended or never was."""
        if not _KEY.fullmatch(key):
            return None
        return await self._store.get(owner, f"search.{which}.{key}")
