"""Which record stands for a merged one; an exam that comes while its record is merged belongs to the right person."""

from alembic import op

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None

# A registration reads the patient before its transaction begins, and a merge may be committed in between. The new row
# holds the record still until it is committed itself: a merge under way is waited for and then seen; one that comes
# later waits, and then sees the exam.
_CHECK = """
CREATE FUNCTION exam_is_of_its_patients_person() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner uuid;
BEGIN
    SELECT person_id INTO owner FROM public.patients WHERE patient_id = NEW.patient_id FOR SHARE;
    IF owner <> NEW.person_id THEN
        RAISE EXCEPTION 'the record was merged meanwhile'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'exam_of_patients_person';
    END IF;
    RETURN NULL;
END $$
"""
_STATEMENTS = (
    "ALTER TABLE patients ADD merged_into uuid",
    _CHECK,
    """CREATE TRIGGER exam_of_patients_person AFTER INSERT ON exams
    FOR EACH ROW EXECUTE FUNCTION exam_is_of_its_patients_person()""",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("clinical records are not migrated backwards: restore, or write a new step")
