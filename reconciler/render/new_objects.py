"""Find which changes belong to new partners, groups and products; only their long lists are collapsed."""

from reconciler.model.ids import kind_of, name_of, split_team
from reconciler.model.kinds import has_owner_label, section_of
from reconciler.model.plan import Change, Plan


class NewObjects:
    """The partners, groups and products that a plan creates."""

    def __init__(self, plan: Plan) -> None:
        self._created = {
            change.id for change in plan.changes if change.action == "create" and has_owner_label(change.id)
        }

    def is_new(self, change: Change) -> bool:
        """Whether a change creates one of these objects, or a child of one."""
        return change.action == "create" and section_of(change.id) in self._created

    def is_new_team(self, team: str | None) -> bool:
        """Whether a team belongs to a partner that the plan creates."""
        return team is not None and f"partner/{split_team(team)[0]}" in self._created

    @property
    def partners(self) -> frozenset[str]:
        """The names of the created partners."""
        return frozenset(name_of(each) for each in self._created if kind_of(each) == "partner")
