"""The matrix of the product written a second time, sentence by sentence, without looking at the policy's table.

It answers only: may this caller find the exam, see its values, download its report, change it? Deny by default.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.shared.kernel.access import Facts
from services.shared.kernel.principal import Principal
from services.shared.kernel.relations import Relation


@dataclass(frozen=True)
class Expected:
    find: bool
    values: bool
    download: bool
    act: bool


def expected(caller: Principal, exam: Facts, relations: list[Relation], now: datetime) -> Expected:
    roles = {str(role) for role in caller.roles}
    answers = [Expected(find=False, values=False, download=False, act=False)]
    second_factor = caller.step_up_at is not None and now - caller.step_up_at <= timedelta(minutes=5)
    shows = second_factor or not exam.sensitive

    # A patient's token names no clinic.
    if "patient" in roles and caller.clinic_id is None:
        if exam.person_id == caller.account_id:  # "read values", "see another patient's data: never"
            answers.append(_answer(moment=exam.opened, shows=shows, signed=exam.signed, act=True))
        answers += [
            _answer(
                moment=exam.opened and _reach(each) >= 2,
                shows=shows,
                signed=exam.signed and _reach(each) >= 3,
                act=False,
            )
            for each in _lasting(relations, caller, exam, now)
            if (each.kind == "guardian" and _minor_shown(exam))
            or (each.kind == "granted" and not exam.sensitive)
        ]
    here = caller.clinic_id is not None and caller.clinic_id == exam.clinic_id
    if here and roles & {"technician", "releaser"}:
        answers.append(Expected(find=True, values=True, download=exam.signed, act=True))
    if here and "receptionist" in roles:  # "see values: never"
        answers.append(Expected(find=True, values=False, download=False, act=True))
    if "doctor" in roles and caller.clinic_id is not None:
        if here and exam.requester_id == caller.account_id:
            answers.append(_answer(moment=exam.signed, shows=shows, signed=exam.signed, act=True))
        for each in _lasting(relations, caller, exam, now):
            if each.kind == "emergency" and here:
                answers.append(_answer(moment=exam.signed, shows=shows, signed=exam.signed, act=False))
            if each.kind == "shared" and (not exam.sensitive or each.exam_id == exam.exam_id):
                answers.append(_answer(moment=exam.opened, shows=shows, signed=exam.signed, act=False))
    return Expected(
        find=any(each.find for each in answers),
        values=any(each.values for each in answers),
        download=any(each.download for each in answers),
        act=any(each.act for each in answers),
    )


def _answer(*, moment: bool, shows: bool, signed: bool, act: bool) -> Expected:
    return Expected(find=True, values=moment and shows, download=moment and shows and signed, act=act)


def _lasting(relations: list[Relation], caller: Principal, exam: Facts, now: datetime) -> list[Relation]:
    return [
        each
        for each in relations
        if each.reader_id == caller.account_id
        and each.person_id == exam.person_id
        and each.clinic_id == exam.clinic_id
        and (each.exam_id is None or each.exam_id == exam.exam_id)
        and each.starts_at <= now
        and (each.until is None or each.until > now)
        and each.ended_at is None
    ]


def _reach(relation: Relation) -> int:
    return int(relation.sees)


def _minor_shown(exam: Facts) -> bool:
    """Under 12 everything; from 12 on nothing sensitive; from 18 on nothing."""
    if exam.birth_date is None or exam.today is None:
        return False
    years = exam.today.year - exam.birth_date.year
    if (exam.today.month, exam.today.day) < (exam.birth_date.month, exam.birth_date.day):
        years -= 1
    return years < 12 or (years < 18 and not exam.sensitive)
