"""What a printed code proves: one consistent GetItem by the code."""

import asyncio

from services.file_management.domain.proof import Proof
from services.file_management.infrastructure.dynamodb import mapping
from services.file_management.infrastructure.dynamodb.table import Table


class DynamoProofs:
    def __init__(self, table: Table) -> None:
        self._table = table

    async def proof(self, code: str) -> Proof | None:
        return await asyncio.to_thread(self._proof, code)

    def _proof(self, code: str) -> Proof | None:
        try:
            row = self._table.proof.get(mapping.code_key(code), mapping.PROOF, consistent_read=True)
        except self._table.proof.DoesNotExist:
            return None
        return mapping.read_proof(code, row)
