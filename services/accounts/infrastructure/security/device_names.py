"""What a browser calls itself, by httpagentparser."""

from functools import lru_cache

import httpagentparser

_LONGEST = 400


class AgentDeviceNames:
    def name(self, user_agent: str) -> str:
        """Versions are left out: a browser that updated itself is the same device."""
        return _name(user_agent[:_LONGEST])


@lru_cache(maxsize=500)
def _name(user_agent: str) -> str:
    found = httpagentparser.detect(user_agent)
    system = found.get("dist") or found.get("flavor") or found.get("os") or {}
    parts = ((found.get("browser") or {}).get("name"), system.get("name"))
    return ", ".join(part for part in parts if part)[:60]
