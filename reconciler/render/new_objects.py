"""What comes with a partner, group or product that a plan creates: of this alone, long lists are folded."""

from reconciler.model.kinds import is_marked, partner_of
from reconciler.model.plan import Change, Plan
from reconciler.model.resource import ResourceId


class Created:
    """The partners, groups and products that a plan creates."""

    def __init__(self, made: Plan) -> None:
        self._created = {
            change.id for change in made.changes if change.action == "create" and is_marked(change.id)
        }

    def brings(self, change: Change) -> bool:
        """Whether a change only creates what comes with one of these, or one of these itself."""
        return change.action == "create" and _belongs_to(change.id) in self._created

    def brings_team(self, team: str | None) -> bool:
        """Whether a team comes with a partner that is created."""
        return team is not None and f"partner/{team.partition('/')[0]}" in self._created

    @property
    def partners(self) -> frozenset[str]:
        """The names of the partners among them."""
        return frozenset(each.partition("/")[2] for each in self._created if each.startswith("partner/"))


def _belongs_to(resource_id: ResourceId) -> ResourceId:
    """Return the partner of a team, person or team's grant; of all else the group or product."""
    partner = partner_of(resource_id)
    if partner is not None:
        return f"partner/{partner}"
    kind, name, *_ = resource_id.split("/")
    return f"{'api-product' if kind in {'api-product', 'product-item'} else 'access-group'}/{name}"
