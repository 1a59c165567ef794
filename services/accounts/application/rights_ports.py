"""What the use cases about a person's rights ask of a transaction, beside what every use case may ask."""

from typing import Protocol
from uuid import UUID

from services.accounts.application.consent_ports import ConsentLedger, ConsentReader
from services.accounts.application.correction_ports import CorrectionReader, CorrectionStore
from services.accounts.application.erasure_ports import Eraser, ErasureReader, ErasureStore


class RightsReading(Protocol):
    @property
    def erasures(self) -> ErasureReader: ...
    @property
    def corrections(self) -> CorrectionReader: ...
    @property
    def consents(self) -> ConsentReader: ...


class RightsWork(Protocol):
    @property
    def erasures(self) -> ErasureStore: ...
    @property
    def eraser(self) -> Eraser: ...
    @property
    def corrections(self) -> CorrectionStore: ...
    @property
    def consents(self) -> ConsentLedger: ...

    async def act_in(self, clinic_id: UUID) -> None:
        """Go on in one of the person's clinics as well: for what concerns the person's record there."""
        ...
