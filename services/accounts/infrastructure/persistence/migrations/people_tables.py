"""Clinics, accounts, staff memberships and patient records.

Names are searched through a table of their words: under row-level security PostgreSQL uses an index only through
leakproof operators, which `<` and `>=` on text are and LIKE or trigrams are not (they would read the whole clinic).
"""

from services.shared.platform.postgres.tables import IN_CLINIC, IN_CLINIC_OR_OWN, secure

CLINIC = "nullif(current_setting('app.clinic', true), '')::uuid"
PERSON = "nullif(current_setting('app.person', true), '')::uuid"


def people_tables(app: str) -> list[str]:
    return [
        *_SEARCH_FUNCTIONS,
        *_clinics(app),
        *_accounts(),
        *_memberships(app),
        *_patients(app),
        *_account_policies(app),
    ]


_SEARCH_FUNCTIONS = [
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    # unaccent() is only STABLE, since its dictionary could be changed; this one names it and promises not to.
    """CREATE FUNCTION search_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
       AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$""",
    """CREATE FUNCTION search_words(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
       AS $$ SELECT array_remove(regexp_split_to_array(public.search_text($1), '[^[:alnum:]]+'), '') $$""",
]


def _clinics(app: str) -> list[str]:
    return [
        """CREATE TABLE clinics (
            id uuid PRIMARY KEY,
            name text NOT NULL,
            cnpj text,
            created_at timestamptz NOT NULL DEFAULT now())""",
        # A clinic's name is on its door; only its own transaction writes it.
        *secure("clinics", "true", app=app, grants="SELECT, INSERT", check=f"id = {CLINIC}"),
    ]


def _accounts() -> list[str]:
    return [
        """CREATE TABLE accounts (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            kind text NOT NULL CHECK (kind IN ('patient', 'staff')),
            name text NOT NULL,
            birth_date date,
            locale text NOT NULL CHECK (locale IN ('pt-BR', 'en')),
            email text,
            phone text,
            home_clinic_id uuid NOT NULL REFERENCES clinics (id),
            has_password boolean NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now())""",
        "ALTER TABLE accounts ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE accounts FORCE ROW LEVEL SECURITY",
    ]


def _account_policies(app: str) -> list[str]:
    """A clinic sees the people who have a record or work there; a person sees the own account."""
    seen = f"""id = {PERSON}
        OR EXISTS (SELECT FROM patient_records r WHERE r.person_id = accounts.id AND r.clinic_id = {CLINIC})
        OR EXISTS (SELECT FROM memberships m WHERE m.account_id = accounts.id AND m.clinic_id = {CLINIC})"""  # noqa: S608
    return [
        f"CREATE POLICY registered ON accounts FOR INSERT TO {app} WITH CHECK (home_clinic_id = {CLINIC})",
        f"CREATE POLICY seen ON accounts FOR SELECT TO {app} USING ({seen})",
        f"CREATE POLICY changed ON accounts FOR UPDATE TO {app} USING ({seen})",
        f"GRANT SELECT, INSERT, UPDATE ON accounts TO {app}",
    ]


def _memberships(app: str) -> list[str]:
    return [
        """CREATE TABLE memberships (
            account_id uuid NOT NULL REFERENCES accounts (id),
            clinic_id uuid NOT NULL REFERENCES clinics (id),
            version integer NOT NULL,
            name text NOT NULL,
            sort_name text COLLATE "C" GENERATED ALWAYS AS (search_text(name)) STORED,
            roles text[] NOT NULL,
            council text,
            council_number text,
            council_uf text,
            verified boolean NOT NULL,
            active boolean NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (account_id, clinic_id))""",
        "CREATE INDEX memberships_by_clinic ON memberships (clinic_id, sort_name, account_id)",
        *secure(
            "memberships",
            f"clinic_id = {CLINIC} OR account_id = {PERSON}",
            app=app,
            grants="SELECT, INSERT, UPDATE",
            check=IN_CLINIC,
        ),
    ]


def _patients(app: str) -> list[str]:
    return [
        """CREATE TABLE patient_records (
            id uuid PRIMARY KEY,
            clinic_id uuid NOT NULL REFERENCES clinics (id),
            person_id uuid NOT NULL REFERENCES accounts (id),
            version integer NOT NULL,
            record_number text NOT NULL,
            name text NOT NULL,
            social_name text,
            sort_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS (search_text(name)) STORED,
            birth_date date NOT NULL,
            sex text NOT NULL CHECK (sex IN ('F', 'M', 'other', 'unknown')),
            mother_name text,
            cpf_sealed bytea,
            cpf_lookup bytea,
            cns_sealed bytea,
            cns_lookup bytea,
            email text,
            phone text,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT patient_record_number UNIQUE (clinic_id, record_number),
            CONSTRAINT patient_cpf_in_clinic UNIQUE (clinic_id, cpf_lookup),
            CONSTRAINT patient_person_in_clinic UNIQUE (clinic_id, person_id))""",
        "CREATE INDEX patient_records_by_name ON patient_records (clinic_id, sort_name, id)",
        "CREATE INDEX patient_records_by_person ON patient_records (person_id)",
        "CREATE INDEX patient_records_by_cns ON patient_records (clinic_id, cns_lookup)",
        *secure(
            "patient_records", IN_CLINIC_OR_OWN, app=app, grants="SELECT, INSERT, UPDATE", check=IN_CLINIC
        ),
        """CREATE TABLE patient_words (
            clinic_id uuid NOT NULL,
            word text COLLATE "C" NOT NULL,
            patient_id uuid NOT NULL REFERENCES patient_records (id) ON DELETE CASCADE,
            PRIMARY KEY (clinic_id, word, patient_id))""",
        "CREATE INDEX patient_words_of_patient ON patient_words (patient_id)",
        *secure("patient_words", IN_CLINIC, app=app, grants="SELECT, INSERT, DELETE"),
        """CREATE FUNCTION index_patient_words() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM public.patient_words WHERE patient_id = NEW.id;
            INSERT INTO public.patient_words (clinic_id, word, patient_id)
                SELECT DISTINCT NEW.clinic_id, word, NEW.id
                FROM unnest(public.search_words(concat_ws(' ', NEW.name, NEW.social_name))) AS word;
            RETURN NULL;
        END $$""",
        """CREATE TRIGGER index_words AFTER INSERT OR UPDATE OF name, social_name ON patient_records
        FOR EACH ROW EXECUTE FUNCTION index_patient_words()""",
        """CREATE TABLE record_counters (
            clinic_id uuid PRIMARY KEY REFERENCES clinics (id),
            last bigint NOT NULL)""",
        *secure("record_counters", IN_CLINIC, app=app, grants="SELECT, INSERT, UPDATE"),
    ]
