"""Which exams a request of this service may read. The rules are those of `services/shared/kernel/access.py`.

An exam outside the view does not exist for the caller (404). A role with no view at all is refused (403).
Row-level security in PostgreSQL repeats the clinic and the person beneath the policy.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from services.shared.kernel.access import View, views_of
from services.shared.kernel.access_rules import Way
from services.shared.kernel.errors import FORBIDDEN, NOT_FOUND
from services.shared.kernel.principal import Principal
from services.shared.kernel.relations import Kind, Relation, Sees

_NEVER = datetime.min.replace(tzinfo=UTC)


def view_of(caller: Principal, now: datetime | None = None) -> View:
    """Return the caller's own view; raise `forbidden` for a role that may see no exam.

    Without `now` no step-up counts as fresh: enough where nothing of an exam is shown.
    """
    views = views_of(caller, now or _NEVER)
    if not views:
        raise FORBIDDEN.error()
    return views[0]


def emergency_view(caller: Principal, now: datetime) -> View:
    for view in views_of(caller, now):
        if view.rule.way is Way.EMERGENCY:
            return view
    raise FORBIDDEN.error()


def views_by_relation(
    caller: Principal, now: datetime, person_id: UUID, known: Iterable[Relation]
) -> tuple[View, ...]:
    """Return the views on another person's exams that the relations to that person open, the widest first.

    Raises `forbidden` for a role no relation helps, `not_found` when there is no relation: it is not told apart from
    a person who does not exist.
    """
    kinds = {relation.kind for relation in known if relation.holds_at(now)}
    possible = views_of(caller, now, person_id)
    if not possible:
        raise FORBIDDEN.error()
    found = tuple(view for view in possible if view.relation in kinds)
    if not found:
        raise NOT_FOUND.error()
    return found


def list_view(views: tuple[View, ...]) -> View:
    """The one view a list is made by: of a granted relation the narrowest, which holds all that was granted."""
    if views[0].relation is Kind.GRANTED:
        return next(view for view in views if view.sees is Sees.LIST)
    return views[0]
