"""What may be told of a signed report to anybody who holds its code: enough to compare, nothing of the person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.file_management.domain.report_file import Kind, ReportFile, Status


class Outcome(StrEnum):
    VALID = "valid"  # the version that the patient reads now
    REPLACED = "replaced"  # genuine, and a newer version is opened
    UNKNOWN = "unknown"  # never printed by us, or not opened yet


@dataclass(frozen=True, slots=True)
class Proof:
    """Kept beside each signed report, under its code."""

    code: str
    status: Status
    report_version: int
    sha256: str
    signed_at: datetime
    signer: str | None  # None: signed before the name was kept

    @property
    def outcome(self) -> Outcome:
        """A report that is signed but not opened is nobody's business yet: `unknown`, as if it did not exist."""
        return _OUTCOMES.get(self.status, Outcome.UNKNOWN)


_OUTCOMES = {Status.OPENED: Outcome.VALID, Status.REPLACED: Outcome.REPLACED}


def proof_of(file: ReportFile) -> Proof | None:
    """Return what `file`'s code proves; drafts have no code.

    An account that is gone takes nothing back: its report stays as genuine as it was, and whoever holds the paper
    is not told that the account is gone.
    """
    if file.kind is not Kind.SIGNED_REPORT or file.verification_code is None:
        return None
    return Proof(
        code=file.verification_code,
        status=file.status,
        report_version=file.report_version,
        sha256=file.sha256,
        signed_at=file.created_at,
        signer=file.signed_by,
    )
