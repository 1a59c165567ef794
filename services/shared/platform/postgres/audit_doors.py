"""The narrow doors to the audit table, which the app's role cannot read: a person's own log, and an auditor's clinic.

Functions that run as the table's owner and take their scope from the transaction: nobody can ask for another person
or clinic than the one that the transaction was opened for.
"""

from services.shared.kernel.access_log import EMERGENCY

_PERSON = "nullif(current_setting('app.person', true), '')::uuid"
_CLINIC = "nullif(current_setting('app.clinic', true), '')::uuid"
_COLUMNS = (
    "id, at, clinic_id, actor_id, actor_roles, action, patient_id, resource, purpose, address, trace_id"
)
_TYPES = """TABLE (id uuid, at timestamptz, clinic_id uuid, actor_id uuid, actor_roles text[], action text,
    patient_id uuid, resource text, purpose text, address text, trace_id text)"""


def audit_doors(app: str, *, records: str) -> list[str]:
    """Return the DDL. `records` selects `patient_id` of the records of person `{person}`, e.g. from `patients`."""
    mine = f"""
        SELECT x.* FROM ({records.format(person=_PERSON)}) AS r CROSS JOIN LATERAL (
            SELECT {_aliased} FROM audit a
            WHERE a.patient_id = r.patient_id AND (a.at, a.id) < (before_at, before_id)
              AND (with_own OR a.actor_id <> {_PERSON})
            ORDER BY a.at DESC, a.id DESC LIMIT how_many) AS x
        ORDER BY x.at DESC, x.id DESC LIMIT how_many"""  # noqa: S608 - constants
    of_clinic = f"""
        SELECT {_aliased} FROM audit a
        WHERE a.clinic_id = {_CLINIC} AND (a.at, a.id) < (before_at, before_id) AND a.at <= before_at AND a.at >= since
          AND (of_actor IS NULL OR a.actor_id = of_actor) AND (of_patient IS NULL OR a.patient_id = of_patient)
        ORDER BY a.at DESC, a.id DESC LIMIT how_many"""  # noqa: S608 - constants
    return [
        # Newest first of one patient record; lists name no patient and are not in it.
        "CREATE INDEX audit_by_patient ON audit (patient_id, at, id) WHERE patient_id IS NOT NULL",
        "CREATE POLICY door ON audit FOR SELECT TO CURRENT_USER USING (true)",
        *door(
            app,
            "own_accesses(before_at timestamptz, before_id uuid, with_own boolean, how_many integer)",
            _TYPES,
            mine,
        ),
        *door(
            app,
            """clinic_audit(before_at timestamptz, before_id uuid, since timestamptz, of_actor uuid, of_patient uuid,
                how_many integer)""",
            _TYPES,
            of_clinic,
        ),
    ]


def search_doors(app: str) -> list[str]:
    """Return the DDL of the auditor's search, by action too; emergencies have an index and a door of their own.

    They are few among very many rows: an index with all purposes would cost every request, this one costs theirs.
    """
    arguments = """(before_at timestamptz, before_id uuid, since timestamptz, of_actor uuid, of_patient uuid,
        of_action text, how_many integer)"""

    def body(condition: str) -> str:
        return f"""
        SELECT {_aliased} FROM audit a
        WHERE a.clinic_id = {_CLINIC} AND {condition}
          AND (a.at, a.id) < (before_at, before_id) AND a.at <= before_at AND a.at >= since
          AND (of_actor IS NULL OR a.actor_id = of_actor) AND (of_patient IS NULL OR a.patient_id = of_patient)
          AND (of_action IS NULL OR a.action = of_action)
        ORDER BY a.at DESC, a.id DESC LIMIT how_many"""  # noqa: S608 - constants

    emergency = f"a.purpose = '{EMERGENCY}'"
    return [
        f"CREATE INDEX audit_emergencies ON audit (clinic_id, at, id) WHERE purpose = '{EMERGENCY}'",
        *door(app, f"clinic_audit{arguments}", _TYPES, body("true")),
        *door(app, f"clinic_emergencies{arguments}", _TYPES, body(emergency)),
    ]


_aliased = ", ".join(f"a.{column}" for column in _COLUMNS.split(", "))


def door(app: str, signature: str, returns: str, body: str) -> list[str]:
    """Return the statements that let `app`, and nobody else, run `body` as the owner of the tables."""
    return [
        f"""CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER
            SET search_path = public, pg_temp AS $$ {body} $$""",
        f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {signature} TO {app}",
    ]
