"""The tables of revision 0043: requests for erasure, what each clinic decided about its record, and their doors.

The person sees the own request whole; a clinic sees the request and its own records of it. Neither table is emptied by
an erasure: they hold ids, dates and laws, and are the proof that it was done (LGPD, art. 6, X).
"""

from services.accounts.infrastructure.persistence.migrations.doors import door, reads
from services.accounts.infrastructure.persistence.migrations.people_tables import CLINIC, PERSON
from services.shared.platform.postgres.tables import IN_CLINIC_OR_OWN, secure


def erasure_tables(app: str) -> list[str]:
    return [*_requests(app), *_doors(app), *_rights_to_erase(app)]


def _requests(app: str) -> list[str]:
    return [
        """CREATE TABLE erasures (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL,
            receipt_hash bytea NOT NULL UNIQUE,
            receipt_sealed bytea NOT NULL,
            state text NOT NULL CHECK (state IN ('requested', 'withdrawn', 'done')),
            requested_at timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            withdrawn_at timestamptz,
            done_at timestamptz)""",
        "CREATE UNIQUE INDEX erasure_waiting ON erasures (person_id) WHERE state = 'requested'",
        "CREATE INDEX erasures_of_person ON erasures (person_id, id)",
        "CREATE INDEX erasures_due ON erasures (due_at) WHERE state = 'requested'",
        """CREATE TABLE erasure_records (
            erasure_id uuid NOT NULL REFERENCES erasures (id),
            patient_id uuid NOT NULL,
            clinic_id uuid NOT NULL,
            person_id uuid NOT NULL,
            account_id uuid NOT NULL,
            due_at timestamptz NOT NULL,
            decision text NOT NULL CHECK (decision IN ('pending', 'erase', 'keep')),
            reason text,
            decided_by uuid,
            decided_at timestamptz,
            done_at timestamptz,
            PRIMARY KEY (erasure_id, patient_id))""",
        "CREATE INDEX erasure_records_of_clinic ON erasure_records (clinic_id, erasure_id)",
        "CREATE INDEX erasure_records_due ON erasure_records (due_at) WHERE done_at IS NULL",
        *secure("erasure_records", IN_CLINIC_OR_OWN, app=app, grants="SELECT, INSERT, UPDATE"),
        *secure(
            "erasures",
            f"""(person_id = {PERSON} OR EXISTS (SELECT FROM erasure_records r
                WHERE r.erasure_id = erasures.id AND r.clinic_id = {CLINIC}))""",
            app=app,
            grants="SELECT, INSERT, UPDATE",
        ),
    ]


def _doors(app: str) -> list[str]:
    due = """SELECT e.id, e.person_id FROM erasures e
        WHERE (e.state = 'requested' AND e.due_at <= $1) OR (e.state = 'done' AND EXISTS (
            SELECT FROM erasure_records r WHERE r.erasure_id = e.id AND r.done_at IS NULL AND r.due_at <= $1))
        ORDER BY e.due_at, e.id LIMIT $2"""
    return [
        *reads("erasures"),
        *reads("erasure_records"),
        *door(app, "erasures_due(timestamptz, integer)", "TABLE (id uuid, person_id uuid)", due),
        *door(
            app,
            "erasure_of_receipt(bytea)",
            "TABLE (id uuid, person_id uuid)",
            "SELECT id, person_id FROM erasures WHERE receipt_hash = $1",
        ),
    ]


def _rights_to_erase(app: str) -> list[str]:
    return [
        "ALTER TABLE patient_records ADD erased_at timestamptz",
        f"GRANT DELETE ON known_devices TO {app}",
        # Whoever leaves gives back what others let them see, and a guardian's name goes from the child's row. By a
        # door: a reader changes nothing else of a row that is another person's.
        f"CREATE POLICY given_back ON proxies TO CURRENT_USER USING (reader_id = {PERSON})",
        *door(
            app,
            "give_back_proxies(text, timestamptz)",
            "void",
            f"""UPDATE proxies SET label = CASE kind WHEN 'guardian' THEN $1 ELSE label END,
                ended_at = coalesce(ended_at, $2), version = version + 1
                WHERE reader_id = {PERSON}""",  # noqa: S608 - a constant
        ),
    ]
