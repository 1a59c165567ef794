"""What a caller may do with an exam now, as exam-results states it in `actions`."""

from enum import StrEnum

from services.portal.application.ports import Json


class Action(StrEnum):
    COLLECT = "collection"
    START_ANALYSIS = "analysis"
    ENTER_VALUES = "results"
    COMPLETE = "completion"
    SEND_BACK = "return"
    RELEASE = "release"
    COLLECT_AGAIN = "recollection"
    CANCEL = "cancellation"
    SCHEDULE = "schedule"


def may(exam: Json, action: Action) -> bool:
    return action.value in exam.get("actions", ())
