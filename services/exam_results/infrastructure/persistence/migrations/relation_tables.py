"""The tables of revision 0030: who was let in to whose exams, and the door that the second wall opens by.

`person_read_by` answers one exact question, for a reader and a person that the statement names: does a relation hold
that reaches across persons or clinics, and is the reader's account still open? It gives the person's id or nothing.
`name_shared_with` gives the name of a patient who shares with the reader now.
"""

from services.shared.platform.postgres.tables import IN_CLINIC, secure

_PERSON = "nullif(current_setting('app.person', true), '')::uuid"


def relation_tables(app: str) -> list[str]:
    return [
        """CREATE TABLE care_relations (
            relation_id uuid NOT NULL,
            clinic_id uuid NOT NULL,
            person_id uuid NOT NULL,
            patient_id uuid,
            exam_id uuid,
            reader_id uuid NOT NULL,
            kind text NOT NULL CHECK (kind IN ('shared', 'emergency', 'guardian', 'granted')),
            sees smallint NOT NULL CHECK (sees BETWEEN 1 AND 3),
            starts_at timestamptz NOT NULL,
            until timestamptz,
            ended_at timestamptz,
            made_by uuid NOT NULL,
            reason text,
            version integer NOT NULL,
            PRIMARY KEY (relation_id, clinic_id),
            CHECK (kind NOT IN ('shared', 'emergency', 'granted') OR until IS NOT NULL),
            CHECK (kind <> 'emergency' OR reason IS NOT NULL))""",
        "CREATE INDEX care_relations_of_reader ON care_relations (reader_id, person_id, clinic_id)",
        "CREATE INDEX care_relations_of_person ON care_relations (person_id, starts_at)",
        """CREATE INDEX care_relations_emergencies ON care_relations (clinic_id, starts_at, relation_id)
            WHERE kind = 'emergency'""",
        "CREATE INDEX professionals_by_registration ON professionals (number, uf, council)",
        *secure(
            "care_relations",
            f"({IN_CLINIC} OR person_id = {_PERSON} OR reader_id = {_PERSON})",
            app=app,
            grants="SELECT, INSERT, UPDATE",
            check=f"({IN_CLINIC} OR person_id = {_PERSON})",
        ),
        "CREATE POLICY relation_door ON care_relations FOR SELECT TO CURRENT_USER USING (true)",
        """CREATE POLICY relation_door ON patients FOR SELECT TO CURRENT_USER USING (EXISTS (
            SELECT FROM care_relations c WHERE c.patient_id = patients.patient_id AND c.kind = 'shared'))""",
        "CREATE POLICY relation_door ON accounts FOR SELECT TO CURRENT_USER USING (closed)",
        "CREATE INDEX care_relations_of_patient ON care_relations (patient_id) WHERE patient_id IS NOT NULL",
        """CREATE FUNCTION person_read_by(reader uuid, person uuid, at timestamptz) RETURNS uuid LANGUAGE sql STABLE
            SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT c.person_id FROM care_relations c
            WHERE c.reader_id = reader AND c.person_id = person AND c.kind IN ('shared', 'guardian', 'granted')
              AND c.starts_at <= at AND (c.until IS NULL OR c.until > at) AND c.ended_at IS NULL
              AND NOT EXISTS (SELECT FROM accounts a WHERE a.account_id = reader AND a.closed)
            LIMIT 1 $$""",
        "REVOKE ALL ON FUNCTION person_read_by(uuid, uuid, timestamptz) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION person_read_by(uuid, uuid, timestamptz) TO {app}",
        """CREATE FUNCTION name_shared_with(reader uuid, patient uuid, at timestamptz) RETURNS text LANGUAGE sql STABLE
            SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT coalesce(p.social_name, p.name) FROM patients p
            WHERE p.patient_id = patient AND EXISTS (SELECT FROM care_relations c
                WHERE c.reader_id = reader AND c.patient_id = patient AND c.kind = 'shared'
                  AND c.starts_at <= at AND c.until > at AND c.ended_at IS NULL) $$""",
        "REVOKE ALL ON FUNCTION name_shared_with(uuid, uuid, timestamptz) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION name_shared_with(uuid, uuid, timestamptz) TO {app}",
    ]
