"""The table of revision 0030: who may see whose exams. The person, the reader and the person's clinics see a row; only
the person and a clinic of the person make one.
"""

CLINIC = "nullif(current_setting('app.clinic', true), '')::uuid"
PERSON = "nullif(current_setting('app.person', true), '')::uuid"


def proxy_tables(app: str) -> list[str]:
    own = f"""(person_id = {PERSON} OR EXISTS (SELECT FROM patient_records r
        WHERE r.person_id = proxies.person_id AND r.clinic_id = {CLINIC}))"""
    return [
        """CREATE TABLE proxies (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            kind text NOT NULL CHECK (kind IN ('guardian', 'granted')),
            person_id uuid NOT NULL REFERENCES accounts (id),
            person_name text NOT NULL,
            reader_id uuid REFERENCES accounts (id),
            label text NOT NULL,
            scope text NOT NULL CHECK (scope IN ('list', 'values', 'download')),
            starts_at timestamptz NOT NULL,
            until timestamptz NOT NULL,
            made_by uuid NOT NULL,
            proof text CHECK (proof IN ('birth_certificate', 'court_order')),
            ended_at timestamptz,
            CHECK (reader_id IS NULL OR reader_id <> person_id),
            CHECK ((kind = 'guardian') = (proof IS NOT NULL)))""",
        "CREATE INDEX proxies_of_person ON proxies (person_id, starts_at)",
        "CREATE INDEX proxies_of_reader ON proxies (reader_id, starts_at)",
        "ALTER TABLE proxies ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE proxies FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY seen ON proxies FOR SELECT TO {app} USING ({own} OR reader_id = {PERSON})",
        f"CREATE POLICY made ON proxies FOR INSERT TO {app} WITH CHECK ({own})",
        f"CREATE POLICY ended ON proxies FOR UPDATE TO {app} USING ({own})",
        f"GRANT SELECT, INSERT, UPDATE ON proxies TO {app}",
    ]
