"""A person is erased: in whatever order the messages come, once everything has come nobody is named any more."""

from collections.abc import Sequence
from itertools import permutations
from uuid import UUID

import pytest

from services.exam_results.domain.errors import PATIENT_NOT_KNOWN
from services.exam_results.infrastructure.persistence.identities import ERASED_NAME
from services.exam_results.infrastructure.persistence.sweep import PostgresSweep
from services.exam_results.interface.messaging.effects import AccountsEffect
from services.exam_results.interface.schedule.erasures import ErasureSweep
from services.shared.contracts import accounts
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.envelope import Message
from services.shared.platform.postgres.database import Scope
from services.shared.platform.postgres.inbox import PostgresInbox
from tests.integration.exam_results.database import Installation
from tests.integration.exam_results.test_events import message, proxy_told, registered
from tests.unit.exam_results.samples import Clinic, Job


@pytest.fixture
def inbox(installation: Installation) -> PostgresInbox:
    work_of = installation.transactions.work_of
    return PostgresInbox(
        installation.database, "exam-results-accounts", AccountsEffect(work_of), lambda: None
    )


def deleted(clinic: Clinic, version: int = 9, *, kept: bool = False) -> Message:
    data = accounts.AccountDeleted(version=version, account_id=clinic.person_id, identity_kept=kept)
    return message("account.deleted", clinic, data)


def updated(clinic: Clinic, version: int) -> Message:
    data = accounts.AccountUpdated(
        version=version, account_id=clinic.person_id, clinic_id=clinic.id, kind="patient", roles=["patient"],
        name="Ana Rara",
    )  # fmt: skip
    return message("account.updated", clinic, data)


async def names(installation: Installation, clinic: Clinic) -> set[str]:
    """Everything this clinic's rows call anybody of its patients."""
    async with installation.database.read(Scope(clinic_id=clinic.id)) as session:
        people = await session.rows(
            "SELECT name, social_name, mother_name, search FROM patients WHERE clinic_id = $1", clinic.id
        )
        account = await session.rows("SELECT name FROM accounts WHERE account_id = $1", clinic.person_id)
    return {text for row in [*people, *account] for text in row.values() if text}


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_whatever_comes_late_revives_nothing(
    installation: Installation, inbox: PostgresInbox, clinic: Clinic, order: Sequence[int]
) -> None:
    """One record was known before; the other is first heard of after, between or before."""
    told = [updated(clinic, 3), registered(clinic, new_id(), 1, "Ana Rara"), deleted(clinic)]
    for position in order:
        await inbox.apply(told[position])
    for again in told:
        assert await inbox.apply(again) == "repeat"
    assert await names(installation, clinic) == {ERASED_NAME}


async def test_an_exam_under_way_keeps_its_patients_name_until_it_has_ended(
    installation: Installation, inbox: PostgresInbox, clinic: Clinic, job: Job, clock: FixedClock
) -> None:
    """A report must state whose it is; and no new exam is taken for somebody who asked to be erased."""
    before = await names(installation, clinic)
    exam = await job.completed(clinic)
    await inbox.apply(deleted(clinic))
    assert await names(installation, clinic) == before
    with pytest.raises(LaudoError) as refused:
        await job.register(clinic)
    assert refused.value.kind is PATIENT_NOT_KNOWN
    sweep = ErasureSweep(
        PostgresSweep(installation.database).to_erase, installation.transactions.in_clinic, clock
    )
    await sweep.sweep()
    assert await names(installation, clinic) == before
    await job.release(clinic, exam.facts.id, exam.version)
    assert await sweep.sweep() >= 1
    assert await names(installation, clinic) == {ERASED_NAME}
    async with installation.database.read(Scope(clinic_id=clinic.id)) as session:
        bodies = await session.rows("SELECT body FROM reports WHERE exam_id = $1", exam.facts.id)
    assert all(clinic.patient_record().name in row["body"] for row in bodies), (
        "the clinical record is as it was"
    )


async def test_a_clinic_keeps_the_identity_until_it_is_told_again(
    installation: Installation, inbox: PostgresInbox, clinic: Clinic
) -> None:
    record = clinic.patient_record()
    assert await inbox.apply(deleted(clinic, 9, kept=True)) == "done"
    assert record.name in await names(installation, clinic)
    assert await inbox.apply(deleted(clinic, 10)) == "done"
    assert await names(installation, clinic) == {ERASED_NAME}


async def test_who_was_let_in_is_out_and_late_word_of_it_lets_nobody_in(
    installation: Installation, inbox: PostgresInbox, clinic: Clinic
) -> None:
    proxy_id, reader_id = new_id(), new_id()
    await inbox.apply(proxy_told(clinic, proxy_id, reader_id, 1, 2))
    await inbox.apply(deleted(clinic))
    assert await lasting(installation, clinic) == []
    await inbox.apply(proxy_told(clinic, proxy_id, reader_id, 7, 3))
    await inbox.apply(proxy_told(clinic, new_id(), reader_id, 1, 3))
    assert await lasting(installation, clinic) == []


async def lasting(installation: Installation, clinic: Clinic) -> list[UUID]:
    async with installation.database.read(Scope(clinic_id=clinic.id)) as session:
        rows = await session.rows("SELECT relation_id FROM care_relations WHERE ended_at IS NULL")
    return [row["relation_id"] for row in rows]


async def test_what_came_after_a_merge_into_somebody_erased_is_erased_too(
    installation: Installation, inbox: PostgresInbox, clinic: Clinic
) -> None:
    await inbox.apply(deleted(clinic))
    await inbox.apply(registered(clinic, new_id(), 4, "Ana Outra"))
    assert await names(installation, clinic) == {ERASED_NAME}
