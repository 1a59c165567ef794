"""Where the signing key lies."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The signing key, its certificate, and the authority that is trusted."""

    key: Path
    certificate: Path
    authority: Path
