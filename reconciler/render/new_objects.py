"""Find which changes belong to new partners, groups and products; only their long lists are collapsed."""

from reconciler.model.kinds import is_marked, partner_of
from reconciler.model.plan import Change, Plan
from reconciler.model.resource import ResourceId


class NewObjects:
    """The partners, groups and products that a plan creates."""

    def __init__(self, plan: Plan) -> None:
        self._created = {
            change.id for change in plan.changes if change.action == "create" and is_marked(change.id)
        }

    def is_new(self, change: Change) -> bool:
        """Whether a change creates one of these objects, or a child of one."""
        return change.action == "create" and _root(change.id) in self._created

    def is_new_team(self, team: str | None) -> bool:
        """Whether a team belongs to a partner that the plan creates."""
        return team is not None and f"partner/{team.partition('/')[0]}" in self._created

    @property
    def partners(self) -> frozenset[str]:
        """The names of the created partners."""
        return frozenset(each.partition("/")[2] for each in self._created if each.startswith("partner/"))


def _root(resource_id: ResourceId) -> ResourceId:
    """Return the root object of a resource: its partner, access group or API product."""
    partner = partner_of(resource_id)
    if partner is not None:
        return f"partner/{partner}"
    kind, name, *_ = resource_id.split("/")
    return f"{'api-product' if kind in {'api-product', 'product-item'} else 'access-group'}/{name}"
