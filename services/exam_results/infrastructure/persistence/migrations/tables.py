"""The tables of revision 0001 as SQL. Every one carries the clinic and forced row-level security.

Two things look across clinics, each by a setting of its own and only at rows meant for it: the renderer's snapshot
(`app.service = 'snapshot'`) and the worker's sweep for ended embargoes and parked messages (`'sweep'`).
"""

from services.shared.platform.postgres.tables import (
    IN_CLINIC,
    IN_CLINIC_OR_OWN,
    append_only,
    platform_tables,
    secure,
)

_PERSON = "nullif(current_setting('app.person', true), '')::uuid"


def _service(name: str) -> str:
    return f"current_setting('app.service', true) = '{name}'"


def all_tables(*, app: str, relay: str) -> list[str]:
    return [
        *platform_tables(app=app, relay=relay),
        f"CREATE POLICY sweep ON parked FOR SELECT TO {app} USING ({_service('sweep')})",
        *_stream(app),
        *_exams(app),
        *_documents(app),
        *_people(app),
    ]


def _stream(app: str) -> list[str]:
    return [
        """CREATE TABLE exam_events (
            exam_id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            clinic_id uuid NOT NULL,
            type text NOT NULL,
            at timestamptz NOT NULL,
            event_id uuid NOT NULL,
            actor_id uuid,
            data jsonb NOT NULL,
            CONSTRAINT exam_events_one_per_version PRIMARY KEY (exam_id, version))""",
        "CREATE INDEX exam_events_of_clinic ON exam_events (clinic_id, exam_id)",
        *secure("exam_events", IN_CLINIC, app=app, grants="SELECT, INSERT"),
        *append_only("exam_events"),
    ]


def _exams(app: str) -> list[str]:
    on_the_bench = (
        "state IN ('registered', 'scheduled', 'collected', 'recollect', 'in_analysis', 'completed')"
    )
    return [
        """CREATE TABLE exams (
            exam_id uuid PRIMARY KEY,
            clinic_id uuid NOT NULL,
            version integer NOT NULL,
            protocol text NOT NULL,
            patient_id uuid NOT NULL,
            person_id uuid NOT NULL,
            requester_id uuid NOT NULL,
            code text NOT NULL,
            state text NOT NULL,
            priority text NOT NULL,
            priority_rank smallint NOT NULL,
            sensitive boolean NOT NULL,
            clinical_note text,
            created_at timestamptz NOT NULL,
            scheduled_at timestamptz,
            barcode text,
            collected_at timestamptz,
            completed_at timestamptz,
            draft_version integer,
            report_version integer NOT NULL,
            releaser_id uuid,
            released_at timestamptz,
            embargo_until timestamptz,
            signed_file_id uuid,
            opened_at timestamptz,
            opens_at timestamptz,
            flagged boolean,
            typed_by uuid[] NOT NULL,
            results json NOT NULL,
            CONSTRAINT exams_protocol UNIQUE (clinic_id, protocol))""",
        f"CREATE INDEX exams_worklist ON exams (clinic_id, priority_rank, created_at, exam_id) WHERE {on_the_bench}",
        "CREATE INDEX exams_of_clinic ON exams (clinic_id, created_at, exam_id)",
        "CREATE INDEX exams_by_state ON exams (clinic_id, state, created_at, exam_id)",
        "CREATE INDEX exams_of_requester ON exams (clinic_id, requester_id, created_at, exam_id)",
        "CREATE INDEX exams_of_patient ON exams (clinic_id, patient_id, created_at, exam_id)",
        "CREATE INDEX exams_of_person ON exams (person_id, created_at, exam_id)",
        "CREATE INDEX exams_barcode ON exams (clinic_id, barcode) WHERE barcode IS NOT NULL",
        "CREATE INDEX exams_to_open ON exams (opens_at) WHERE opens_at IS NOT NULL",
        # DELETE: a rebuild drops rows that have no stream behind them.
        *secure("exams", IN_CLINIC_OR_OWN, app=app, grants="SELECT, INSERT, UPDATE, DELETE", check=IN_CLINIC),
        f"CREATE POLICY sweep ON exams FOR SELECT TO {app} USING (opens_at IS NOT NULL AND {_service('sweep')})",
    ]


def _documents(app: str) -> list[str]:
    return [
        """CREATE TABLE reports (
            exam_id uuid NOT NULL,
            report_version integer NOT NULL,
            stage text NOT NULL,
            exam_version integer NOT NULL,
            clinic_id uuid NOT NULL,
            patient_id uuid NOT NULL,
            body text NOT NULL,
            sha256 text NOT NULL,
            stored_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (exam_id, report_version, stage, exam_version))""",
        # A version is released once; a draft may be made again after the exam was sent back.
        "CREATE UNIQUE INDEX reports_one_final ON reports (exam_id, report_version) WHERE stage = 'final'",
        *secure("reports", IN_CLINIC, app=app, grants="SELECT, INSERT"),
        f"CREATE POLICY renderer ON reports FOR SELECT TO {app} USING ({_service('snapshot')})",
        *append_only("reports"),
        """CREATE TABLE exam_files (
            file_id uuid PRIMARY KEY,
            exam_id uuid NOT NULL,
            clinic_id uuid NOT NULL,
            kind text NOT NULL,
            report_version integer,
            sha256 text NOT NULL,
            processed_at timestamptz NOT NULL,
            ready boolean NOT NULL,
            deleted boolean NOT NULL,
            version integer NOT NULL)""",
        "CREATE INDEX exam_files_of_exam ON exam_files (exam_id, kind)",
        *secure("exam_files", IN_CLINIC, app=app, grants="SELECT, INSERT, UPDATE"),
    ]


def _people(app: str) -> list[str]:
    grants = "SELECT, INSERT, UPDATE"
    return [
        """CREATE TABLE patients (
            patient_id uuid PRIMARY KEY,
            clinic_id uuid NOT NULL,
            person_id uuid NOT NULL,
            record_number text NOT NULL,
            name text NOT NULL,
            social_name text,
            sex text NOT NULL,
            birth_date date NOT NULL,
            mother_name text,
            search text NOT NULL,
            version integer NOT NULL)""",
        "CREATE INDEX patients_of_clinic ON patients (clinic_id)",
        *secure("patients", IN_CLINIC_OR_OWN, app=app, grants=grants, check=IN_CLINIC),
        """CREATE TABLE professionals (
            account_id uuid NOT NULL,
            clinic_id uuid NOT NULL,
            name text NOT NULL,
            council text NOT NULL,
            number text NOT NULL,
            uf text NOT NULL,
            verified boolean NOT NULL,
            roles text[] NOT NULL,
            search text NOT NULL,
            version integer NOT NULL,
            PRIMARY KEY (clinic_id, account_id))""",
        # Councils publish these; a patient sees who ordered and who released, in whichever clinic.
        *secure(
            "professionals",
            f"({IN_CLINIC} OR {_PERSON} IS NOT NULL)",
            app=app,
            grants=grants,
            check=IN_CLINIC,
        ),
        """CREATE TABLE accounts (
            account_id uuid NOT NULL,
            clinic_id uuid NOT NULL,
            name text NOT NULL,
            kind text NOT NULL,
            roles text[] NOT NULL,
            version integer NOT NULL,
            closed boolean NOT NULL DEFAULT false,
            PRIMARY KEY (clinic_id, account_id))""",
        "CREATE INDEX accounts_by_id ON accounts (account_id)",
        *secure(
            "accounts", f"({IN_CLINIC} OR account_id = {_PERSON})", app=app, grants=grants, check=IN_CLINIC
        ),
        """CREATE TABLE laboratories (
            clinic_id uuid PRIMARY KEY,
            name text NOT NULL,
            address text NOT NULL,
            phone text NOT NULL,
            cnes text NOT NULL,
            council_registration text NOT NULL,
            responsible_name text NOT NULL,
            responsible_council text NOT NULL,
            responsible_number text NOT NULL,
            responsible_uf text NOT NULL,
            time_zone text NOT NULL)""",
        # The head of every report: public. Only the clinic itself may change it.
        *secure("laboratories", "true", app=app, grants=grants, check=IN_CLINIC),
    ]
