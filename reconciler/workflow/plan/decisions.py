"""The stage of a plan that finds what needs approval: the decisions that a branch makes in its files."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from reconciler.desired import build_desired_state
from reconciler.diff.renames import effective_renames
from reconciler.errors import InputError
from reconciler.model.approval import ApprovalMode, Approvers
from reconciler.model.branch_base import Base
from reconciler.model.document import Document, Repository
from reconciler.model.file_names import PEOPLE
from reconciler.model.hierarchy import after_renames
from reconciler.model.ids import kind_of
from reconciler.model.kinds import person_of
from reconciler.model.plan import FILES, Approval, Change, FileChange, decision_digest, with_fields
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.policy import RuleContext, approvals
from reconciler.workflow.catalog import catalogued
from reconciler.workflow.plan.comparison import Comparison
from reconciler.workflow.plan.inputs import Inputs, as_live
from reconciler.workflow.plan.standing_approvals import ADDRESSES, standing_approvals, with_standing_approvals
from reconciler.workflow.plan.touched import Touched, find_touched
from reconciler.workflow.portal_scope import in_portal
from reconciler.workflow.validate import ValidationResult, settings

# Before every last day, so that nothing has expired.
_NO_DAY = ""


class Decisions(msgspec.Struct, frozen=True):
    """What the files of a branch decide for one portal, compared with those of its base.

    They depend on nothing else: not on what the portal holds or can store, not on the day, and not on which
    partners are suspended. `changes` are those of the desired state, `file_changes` all others. `before` has
    resources of the base, memberships, items and grants also by their new ids. `after` is a desired state of
    the branch. Both have only what decides about the changes: see `find_touched`.
    """

    changes: tuple[Change, ...]
    file_changes: tuple[FileChange, ...]
    before: Mapping[ResourceId, Resource]
    after: Desired

    @property
    def all(self) -> tuple[Change | FileChange, ...]:
        """All decisions."""
        return (*self.changes, *self.file_changes)

    @property
    def digest(self) -> str:
        """The digest of all decisions."""
        return decision_digest(self.changes, self.file_changes)


class RequiredApprovals(msgspec.Struct, frozen=True):
    """The approvals that a plan needs, who can give them, and the digest of what they are for."""

    approvals: tuple[Approval, ...]
    approvers: dict[str, Approvers]
    mode: ApprovalMode | None
    digest: str


def decisions(checked: ValidationResult, portal: str | None) -> Decisions | None:
    """Return what checked files decide for a portal, or None without a base whose files can be read.

    Only the documents of the portal count; None means those of all portals.
    """
    return _decisions(in_portal(checked, portal))


def _decisions(checked: ValidationResult, touched: Touched | None = None) -> Decisions | None:
    """Return what checked files decide for the portal of their documents; `touched` is found if not given."""
    base = checked.base.repository if checked.base else None
    if checked.repository is None or base is None:
        return None
    touched = touched or find_touched(base, checked.repository)
    files = [each if touched is None else touched.of(each) for each in (base, checked.repository)]
    before, after = map(_as_written, files)
    names = _renames(before, after)
    renamed = after_renames(before.resources, names)
    only_files = (
        *checked.file_changes,
        *_catalog_entries(base, checked.repository),
        *_former_names(before, after, frozenset(names.values())),
        *_former_addresses(before, after),
    )
    changes = tuple(_changes(renamed, after.resources, frozenset(names.values())))
    parts = {each: held for each, held in renamed.items() if held.owner_label is None}
    return Decisions(changes, only_files, {**parts, **before.resources}, after)


def required_approvals(inputs: Inputs, compared: Comparison, context: RuleContext) -> RequiredApprovals:
    """Return the approvals that the decisions of a branch need; without a base, those of the changes.

    A plan that adopts objects, or makes only some changes, needs approvals for its changes as well.
    """
    options = inputs.options
    decided = None if options.adopts else _decisions(inputs.checked, inputs.touched_by_files)
    base = inputs.checked.base
    spec = settings(_governing(base, inputs.repository)).spec
    if decided is None or options.selection != "all":
        needed = approvals(context)
    else:
        needed = approvals(_decided(decided, compared, context))
        if base and base.repository:
            needed = with_standing_approvals(needed, decided.all, base.repository, inputs.repository, spec)
    owners = sorted({each.owner for each in needed})
    return RequiredApprovals(
        needed,
        {each: spec.owners[each].approver_names for each in owners if each in spec.owners},
        spec.approvals,
        decided.digest if decided else "",
    )


def beyond_standing_approvals(checked: ValidationResult, forge: str, bot: str) -> list[str]:
    """Return what a branch decides that a bot must not merge by itself on a kind of forge.

    Raises InputError without a base whose files can be read.
    """
    decided = decisions(checked, None)
    base, head = checked.base, checked.repository
    if decided is None or base is None or base.repository is None or head is None:
        raise InputError("the files cannot be compared with those of the base")
    spec = settings(_governing(base, head)).spec
    covered = standing_approvals(decided.all, base.repository, head, spec)
    bots = {
        change: {each.bots.get(forge, "").casefold() for each in given} for change, given in covered.items()
    }
    own = {change for change, logins in bots.items() if logins == {bot.casefold()}}
    decides = (each.about if isinstance(each, FileChange) else each.id for each in decided.all)
    found = list(dict.fromkeys(each for each in decides if each not in own))
    # What changes no membership was not approved in advance either.
    return found if decided.all else [PEOPLE]


def _governing(base: Base | None, repository: Repository) -> Document:
    """Return the configuration that says who can approve: a branch must not name its own approvers."""
    return (base.configuration if base else None) or repository.configuration


def _decided(decided: Decisions, compared: Comparison, context: RuleContext) -> RuleContext:
    """Return the context of the decisions, with what the portal knows about APIs that a branch adds."""
    return RuleContext(
        compared.repository,
        context.today,
        decided.after,
        Live(FILES, {}, compared.live.apis),
        decided.changes,
        file_changes=(*decided.file_changes, *compared.corrections),
        before=decided.before,
    )


def _as_written(repository: Repository) -> Desired:
    """Return the desired state on any day, with ended partners, and with grants that are suspended."""
    desired = build_desired_state(repository, _NO_DAY)
    return msgspec.structs.replace(desired, resources={**desired.resources, **desired.withheld})


def _renames(before: Desired, after: Desired) -> dict[ResourceId, ResourceId]:
    """Return the old and new ids of renamed objects.

    A team that moves to another partner is not among them, because its grants have another holder then.
    """
    if not after.renames:
        return {}
    names = effective_renames(after, Live(FILES, as_live(before.resources, after.scope), {}))
    return {old: new for old, new in names.items() if not after.is_move(new, old)}


def _changes(
    before: Mapping[ResourceId, Resource],
    after: Mapping[ResourceId, Resource],
    renamed: frozenset[ResourceId],
) -> Iterator[Change]:
    """Yield the changes between two states, by the ids that objects have after the renames."""
    differing = {
        each
        for each in before.keys() | after.keys()
        if each not in before or each not in after or before[each].fields != after[each].fields
    }
    for each in sorted(differing | renamed):
        old, new = before.get(each), after.get(each)
        yield with_fields(
            Change(
                id=each,
                kind=kind_of(each),
                action="create" if old is None else "delete" if new is None else "update",
                renamed_from=old.id if old and each in renamed else None,
                before=old.fields if old else None,
                after=new.fields if new else None,
            )
        )


def _catalog_entries(base: Repository, head: Repository) -> Iterator[FileChange]:
    """Yield the owners of the APIs that enter or leave the catalog."""
    before, after = catalogued(base), catalogued(head)
    for name in before.keys() ^ after.keys():
        was, will = (apis[name].owner if name in apis else None for apis in (before, after))
        yield FileChange(about=f"api/{name}", path="owner", before=was, after=will)


def _former_names(before: Desired, after: Desired, renamed: frozenset[ResourceId]) -> Iterator[FileChange]:
    """Yield the changed former names of objects that are not renamed, because portals may still have them."""
    for each in before.renames.keys() | after.renames.keys():
        was, will = before.renames.get(each), after.renames.get(each)
        if was != will and each not in renamed:
            yield FileChange(about=each, path="previously", before=was, after=will)


def _former_addresses(before: Desired, after: Desired) -> Iterator[FileChange]:
    """Yield the changed former addresses of people, because memberships under them count as theirs."""
    for each in before.former_addresses.keys() | after.former_addresses.keys():
        was, will = (_people(state.former_addresses.get(each, ())) for state in (before, after))
        if was != will and each in after.resources:
            yield FileChange(about=each, path=ADDRESSES, before=was, after=will)


def _people(memberships: Iterable[ResourceId]) -> list[str]:
    return [person_of(each) for each in memberships]
