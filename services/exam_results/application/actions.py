"""What a caller may do with an exam now, by the names of the routes: the buttons that a page shows."""

from services.exam_results.application.ports import ExamRow
from services.exam_results.domain.lifecycle import Lifecycle, State
from services.shared.kernel.access import View
from services.shared.kernel.principal import Principal, Role

_BY_TARGET = {
    State.SCHEDULED: "schedule",
    State.COLLECTED: "collection",
    State.COMPLETED: "completion",
    State.RELEASED: "release",
    State.RECOLLECT: "recollection",
    State.CANCELLED: "cancellation",
}


def actions_of(row: ExamRow, caller: Principal, view: View, lifecycle: Lifecycle) -> list[str]:
    if not view.may_act:
        return []
    state = State(row["state"])
    targets = lifecycle.targets(state, caller.roles)
    found = [name for target, name in _BY_TARGET.items() if target in targets]
    if State.IN_ANALYSIS in targets:
        found.append("analysis" if state is State.COLLECTED else "return")
    if state is State.IN_ANALYSIS and caller.has(Role.TECHNICIAN):
        found.append("results")
    typed_it = view.viewer_id in row["typed_by"]
    return sorted(name for name in found if not (name == "release" and typed_it))
