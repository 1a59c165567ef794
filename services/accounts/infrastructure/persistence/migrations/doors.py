"""The narrow doors through row-level security: functions that run as the tables' owner.

Each takes an exact key and gives an id, or removes what is past its time; none gives a contact or a list.
The owner's policies are there for these functions alone.
"""


def doors(app: str) -> list[str]:
    return [
        *reads("logins"),
        *door(
            app,
            "person_of_login(bytea)",
            "uuid",
            "SELECT person_id FROM logins WHERE lookup = $1",
        ),
        *reads("refresh_tokens"),
        *door(
            app,
            "person_of_refresh_token(bytea)",
            "uuid",
            "SELECT person_id FROM refresh_tokens WHERE token_hash = $1",
        ),
        *reads("patient_records"),
        *door(
            app,
            "clinic_of_patient(uuid)",
            "uuid",
            "SELECT clinic_id FROM patient_records WHERE id = $1",
        ),
        *_forgets(app),
    ]


def door_by_birth_date(app: str) -> list[str]:
    """A CPF and a birth date that belong together on some clinic's record. Accounts stay closed to the owner."""
    return [
        *door(
            app,
            "person_of_login_born(bytea, date)",
            "uuid",
            """SELECT l.person_id FROM logins l WHERE l.lookup = $1
               AND EXISTS (SELECT FROM patient_records r WHERE r.person_id = l.person_id AND r.birth_date = $2)""",
        ),
    ]


def door_to_invitations(app: str) -> list[str]:
    """Who holds an invitation's code learns which clinic it is of; the row itself is read in that clinic's scope."""
    return [
        *reads("invitations"),
        *door(
            app,
            "clinic_of_invitation(bytea)",
            "uuid",
            "SELECT clinic_id FROM invitations WHERE code_hash = $1 AND state = 'open'",
        ),
    ]


def door_to_staff(app: str) -> list[str]:
    """Who people of a clinic are, for its patients: names and roles of those ids that work where the person of the
    transaction has a record. An exact id and no list, as everywhere here; a stranger's id gives nothing.
    """
    return [
        *reads("memberships"),
        *door(
            app,
            "staff_known_to_me(uuid[])",
            "TABLE (account_id uuid, clinic_id uuid, name text, roles text[])",
            """SELECT m.account_id, m.clinic_id, m.name, m.roles FROM memberships m
               WHERE m.account_id = ANY ($1) AND EXISTS (
                   SELECT FROM patient_records r WHERE r.clinic_id = m.clinic_id
                   AND r.person_id = nullif(current_setting('app.person', true), '')::uuid)""",
        ),
    ]


def door_of_confirmations(app: str) -> list[str]:
    past = "expires_at < now() - interval '1 hour'"
    return [
        f"CREATE POLICY forgotten ON confirmations TO CURRENT_USER USING ({past})",
        *door(app, "forget_confirmations()", "void", f"DELETE FROM confirmations WHERE {past}"),  # noqa: S608
    ]


def _forgets(app: str) -> list[str]:
    expired = {
        "sessions": "started_at < now() - interval '8 days'",
        "one_time_codes": "expires_at < now() - interval '1 hour'",
        "idempotency": "created_at < now() - interval '2 days'",
    }
    policies = [
        f"CREATE POLICY forgotten ON {table} TO CURRENT_USER USING ({condition})"
        for table, condition in expired.items()
    ]
    deletes = "; ".join(f"DELETE FROM {table} WHERE {condition}" for table, condition in expired.items())  # noqa: S608
    return [
        *policies,
        # The cascade from sessions deletes tokens as their owner too.
        "CREATE POLICY forgotten ON refresh_tokens FOR DELETE TO CURRENT_USER USING (true)",
        *door(app, "forget_expired()", "void", deletes),
    ]


def reads(table: str) -> list[str]:
    return [f"CREATE POLICY door ON {table} FOR SELECT TO CURRENT_USER USING (true)"]


def door(app: str, signature: str, returns: str, body: str) -> list[str]:
    return [
        f"""CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql SECURITY DEFINER
            SET search_path = public, pg_temp AS $$ {body} $$""",
        f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {signature} TO {app}",
    ]
