"""Ten thousand exams over three hundred patients, cloned in SQL from exams that went through the whole job."""

import json
from typing import Any

import asyncpg

PATIENTS = 300
EXAMS = 10_000

_PATIENTS = """
INSERT INTO patients (patient_id, clinic_id, person_id, record_number, name, social_name, sex, birth_date,
                      mother_name, search, version)
SELECT gen_random_uuid(), clinic_id, gen_random_uuid(), 'B' || lpad(n::text, 6, '0'), name, social_name, sex,
       birth_date, mother_name, search, 1
FROM patients, generate_series(1, $2::int) n WHERE patient_id = $1
"""
# Every fifth exam is new, without results; the others are copies of the released one, values and history included.
_EXAMS = """
CREATE TEMP TABLE made AS
SELECT gen_random_uuid() AS exam_id, n, n % 5 = 0 AS is_new, people.patient_id, people.person_id
FROM generate_series(1, {exams}) n
JOIN (SELECT patient_id, person_id, row_number() OVER () - 1 AS place FROM patients
      WHERE record_number LIKE 'B%') people ON people.place = n % {patients};
INSERT INTO exams
SELECT (jsonb_populate_record(e, jsonb_build_object(
    'exam_id', made.exam_id, 'protocol', 'B-' || made.n, 'patient_id', made.patient_id,
    'person_id', made.person_id, 'created_at', e.created_at - make_interval(mins => made.n),
    'barcode', 'B' || made.n)
    || CASE WHEN is_new THEN '{{"state": "registered", "collected_at": null, "completed_at": null,
        "releaser_id": null, "released_at": null, "signed_file_id": null, "opened_at": null,
        "report_version": 0, "flagged": null, "barcode": null, "results": []}}'::jsonb ELSE '{{}}'::jsonb END)).*
FROM exams e, made WHERE e.exam_id = '{template}';
INSERT INTO exam_events
SELECT made.exam_id, v.version, v.clinic_id, v.type, v.at, gen_random_uuid(), v.actor_id, v.data
FROM exam_events v, made WHERE v.exam_id = '{template}' AND (v.version = 1 OR NOT is_new);
DROP TABLE made;
ANALYZE;
"""


async def seed(database_url: str, template: str) -> None:
    """Clone exam `template` and its patient."""
    connection = await asyncpg.connect(database_url)
    try:
        patient_id = await connection.fetchval("SELECT patient_id FROM exams WHERE exam_id = $1", template)
        await connection.execute(_PATIENTS, patient_id, PATIENTS)
        await connection.execute(_EXAMS.format(exams=EXAMS, patients=PATIENTS, template=template))
    finally:
        await connection.close()


async def samples(database_url: str) -> tuple[list[str], list[str]]:
    """Return ids of released exams and of patients, spread over all."""
    connection = await asyncpg.connect(database_url)
    try:
        exams = await connection.fetch(
            """SELECT exam_id::text FROM exams WHERE state = 'released' AND protocol LIKE 'B-%'
               ORDER BY exam_id LIMIT 1000"""
        )
        patients = await connection.fetch(
            "SELECT patient_id::text FROM patients WHERE record_number LIKE 'B%'"
        )
    finally:
        await connection.close()
    return [row[0] for row in exams], [row[0] for row in patients]


async def forget_outbox(database_url: str) -> None:
    """Thousands of messages of registered exams belong to no figure."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("DELETE FROM outbox")
    finally:
        await connection.close()


async def snapshot(database_url: str, exam_id: str) -> dict[str, Any]:
    """Return what a report is printed from."""
    connection = await asyncpg.connect(database_url)
    try:
        body = await connection.fetchval(
            "SELECT body FROM reports WHERE exam_id = $1 AND stage = 'final'", exam_id
        )
    finally:
        await connection.close()
    found: dict[str, Any] = json.loads(body)
    return found
