"""`laudo audit verify` over 100,000 rows: `python -m tests.load.audit` (nothing is written down; figures are printed).

Starts the product in a folder of its own, adds 100,000 rows to one clinic's audit of exam-results, waits until its own
worker has sealed and exported them, verifies, changes one byte as a thief with all rights would, and verifies again.
"""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from services.shared.kernel.ids import new_id
from tests.load.bench import say
from tests.load.stand import Stand, stand
from tests.support.live import REPOSITORY

ROWS = 100_000
_AT_ONCE = 100  # rows of a transaction
_CLINIC = new_id()
_PATIENCE_S = 900
_INSERT = """INSERT INTO audit (id, at, clinic_id, actor_id, actor_roles, action, patient_id, resource,
        purpose, address)
    SELECT gen_random_uuid(), now(), $1, gen_random_uuid(), '{doctor}', 'exam.read', gen_random_uuid(),
           'exam/' || gen_random_uuid(), 'care', '203.0.113.7'
    FROM generate_series(1, $2)"""


def main() -> int:
    with stand() as ready:
        return asyncio.run(_measure(ready))


async def _measure(ready: Stand) -> int:
    admin = await asyncpg.connect(ready.database_url)
    began = time.monotonic()
    for _ in range(ROWS // _AT_ONCE):
        await admin.execute(_INSERT, _CLINIC, _AT_ONCE)
    say(f"{ROWS:,} rows added in {time.monotonic() - began:.1f} s")
    began = time.monotonic()
    await _until(admin, "SELECT count(*) FROM audit_seal WHERE chain = $1", ROWS)
    say(f"sealed by the worker in {time.monotonic() - began:.1f} s")
    await _until(
        admin,
        """SELECT coalesce(sum(g.last - g.first + 1), 0)::int FROM audit_segment g
           JOIN audit_segment_stored d USING (chain, first) WHERE g.chain = $1""",
        ROWS,
    )
    say(f"and exported in {time.monotonic() - began:.1f} s")
    whole = _verify(ready)
    say(f"verified in {whole['seconds']:.1f} s, exit code {whole['code']}, findings {whole['findings']}")
    victim = await _change_one_byte(admin)
    altered = _verify(ready)
    say(
        f"one byte of row {victim} changed; verified in {altered['seconds']:.1f} s, exit code {altered['code']}"
    )
    say(f"findings: {altered['findings']}")
    await admin.close()
    named = [(finding["clinic"], finding["row_id"]) for finding in altered["findings"]]
    right = (whole["code"], altered["code"]) == (0, 1) and named == [(str(_CLINIC), str(victim))]
    return 0 if right else 1


async def _until(admin: Any, sql: str, wanted: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while await admin.fetchval(sql, str(_CLINIC)) < wanted:
        if time.monotonic() > deadline:
            raise TimeoutError(sql)
        await asyncio.sleep(0.25)


async def _change_one_byte(admin: Any) -> UUID:
    await admin.execute("SET session_replication_role = replica")  # triggers do not fire
    victim: UUID = await admin.fetchval(
        "SELECT row_id FROM audit_seal WHERE chain = $1 AND sequence = 73421", str(_CLINIC)
    )
    await admin.execute("UPDATE audit SET address = '203.0.113.8' WHERE id = $1", victim)
    return victim


def _verify(ready: Stand) -> dict[str, Any]:
    began = time.monotonic()
    done = subprocess.run(
        [str(Path(sys.executable).with_name("laudo")), "audit", "verify", "--json"],
        env={"PATH": "/usr/bin:/bin", "LAUDO_HOME": str(ready.live.home)},
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    findings = json.loads(done.stdout)["findings"]
    return {"seconds": time.monotonic() - began, "code": done.returncode, "findings": findings}


if __name__ == "__main__":
    sys.exit(main())
