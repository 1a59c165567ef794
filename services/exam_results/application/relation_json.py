"""Relations as the API shows them: to the patient, to the doctor let in, to the auditor."""

from typing import Any

from services.exam_results.application.ports import RelationRow


def relation_data(row: RelationRow) -> dict[str, Any]:
    return {
        "id": row["relation_id"],
        "kind": row["kind"],
        "clinic": {"id": row["clinic_id"], "name": row["clinic_name"]},
        "person_id": row["person_id"],
        "patient": {
            "id": row["patient_id"],
            "name": row["patient_name"],
            "record_number": row["record_number"],
        },
        "exam": {"id": row["exam_id"], "protocol": row["protocol"]} if row["exam_id"] else None,
        "reader": {"id": row["reader_id"], "name": row["reader_name"]},
        "by_patient": row["made_by"] == row["person_id"],
        "reason": row["reason"],
        "starts_at": row["starts_at"],
        "until": row["until"],
        "ended_at": row["ended_at"],
    }
