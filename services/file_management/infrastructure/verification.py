"""Marks released reports with their verification code and the page where anybody can check it."""

from uuid import UUID

from services.file_management.domain.verification import ReleaseMark, verification_code


class KeyedVerification:
    def __init__(self, secret: bytes, public_url: str) -> None:
        self._secret = secret
        self._public_url = public_url.rstrip("/")

    def mark(self, exam_id: UUID, report_version: int, notice: str) -> ReleaseMark:
        code = verification_code(self._secret, exam_id, report_version)
        return ReleaseMark(code, f"{self._public_url}/verificar/{code}", notice)
