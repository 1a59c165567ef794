"""Whether a printed report is genuine."""

from dataclasses import dataclass

from services.file_management.application.ports import Proofs
from services.file_management.domain.proof import Outcome, Proof
from services.file_management.domain.verification import canonical_code

_NO_CODE = ""  # nothing is kept under it


@dataclass(frozen=True)
class CheckCode:
    """Say whether the report that carries this code is `valid`, `replaced` by a newer version, or `unknown`.

    Anybody may ask: the answer holds the version, the SHA-256 and the time and signer of the signature to compare
    with, and nothing of the patient or the exam. A code is 80 bits made with a secret key, so there is nothing to
    enumerate. A code that does not exist, is no code at all, or belongs to a report that is not opened yet gets one
    and the same answer after the same one read.
    """

    proofs: Proofs

    async def run(self, typed: str) -> Proof | None:
        found = await self.proofs.proof(canonical_code(typed) or _NO_CODE)
        return found if found and found.outcome is not Outcome.UNKNOWN else None
