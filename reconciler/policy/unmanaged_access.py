"""Check unmanaged objects in the same portal: grants to unmanaged teams, and external partners."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.counting import counted
from reconciler.model.document import Document
from reconciler.model.hierarchy import is_unmanaged_grant, owner
from reconciler.model.ids import kind_of, name_of
from reconciler.model.kinds import kind_row, parents, partner_of, team_of
from reconciler.model.resource import Desired, Live, ResourceId
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.enumeration import named
from reconciler.policy.index import Index
from reconciler.policy.tolerant import place


def external_partner_in_files(index: Index) -> Iterator[Violation]:
    """Report partners that are defined in the files and also listed under `external`."""
    for number, name in enumerate(index.settings.external.partners):
        if name in index.holders:
            there = place(index.holders[name].document, ("metadata", "name"))
            message = f'partner "{name}" is listed as external, but is defined at {there}'
            path = ("spec", "external", "partners", number)
            yield Violation(index.configuration, path, message, "remove one of the two")


def unknown_team(index: Index) -> Iterator[Violation]:
    """Report grants to teams of external partners that do not exist in the portal."""
    desired, live = index.context.desired, index.context.live
    if desired is None or live is None or not desired.external:
        return
    for each in desired.resources.values():
        team = team_of(each.id) if kind_row(each.kind).is_grant else None
        if team is None or each.origin is None:
            continue
        if partner_of(team) in desired.external and team not in live.resources:
            name = name_of(team)
            message = f'team "{name}" does not exist in the portal; another configuration manages its partner'
            hint = "correct the name, or wait until the team is created"
            yield Violation(each.origin.document, each.origin.path, message, hint, id=each.id)


def unmanaged_grant(index: Index) -> Iterator[Violation]:
    """Report grants between managed and unmanaged objects, which are left alone.

    A grant of a managed group to a team that is neither managed here nor of an `external` partner is left
    alone unless `unmanagedGrants: remove` is set. A grant of a group without an owner label to a managed team
    is always left alone; it gives that team more access than the files define.
    """
    desired, live = index.context.desired, index.context.live
    if desired is None or live is None:
        return
    kept, wider = _unmanaged(index.undefined, desired, live)
    renamed = {old: new for new, formers in desired.renames.items() for (old, *_) in formers}
    for group, teams in sorted(kept.items()):
        document, path = _group_place(index, desired, group, renamed)
        name = name_of(group)
        whom = f"{counted(len(teams), 'team')} not managed here: {named(sorted(teams))}"
        message = f'access group "{name}" is granted to {whom}'
        hint = (
            "these grants are not changed; define the teams, list their partner under external, or set"
            " unmanagedGrants: remove"
        )
        yield Violation(document, path, message, hint, id=group)
    for team, groups in sorted(wider.items()):
        origin = desired.resources[team].origin if team in desired.resources else None
        document, path = (origin.document, origin.path) if origin else (index.configuration, ("spec",))
        message = (
            f'team "{name_of(team)}" has {counted(len(groups), "access group")} in the portal'
            f" that no file defines: {named(sorted(groups))}"
        )
        hint = "define and adopt the group, or remove the grant in the portal"
        yield Violation(document, path, message, hint, id=team)


def _unmanaged(
    undefined: Iterable[ResourceId], desired: Desired, live: Live
) -> tuple[dict[ResourceId, list[str]], dict[ResourceId, list[str]]]:
    """Return the unmanaged teams by managed group, and the groups without an owner label by managed team."""
    kept: dict[ResourceId, list[str]] = {}
    wider: dict[ResourceId, list[str]] = {}
    resources, scope = live.resources, desired.scope
    for each in undefined:
        team = team_of(each) if kind_of(each) == "grant" else None
        if team is None:
            continue
        group = parents(each)[0]
        whose = owner(group, resources)
        if whose == scope:
            if is_unmanaged_grant(each, resources, scope, desired.external) and not desired.removes_unmanaged(
                group
            ):
                kept.setdefault(group, []).append(name_of(team))
        elif whose is None and owner(team, resources) == scope:
            wider.setdefault(team, []).append(name_of(group))
    return kept, wider


def _group_place(
    index: Index, desired: Desired, group: ResourceId, renamed: Mapping[ResourceId, ResourceId]
) -> tuple[Document, Path]:
    """Return where a live group is defined, under its new name if it is renamed."""
    wanted = desired.resources.get(group) or desired.resources.get(renamed.get(group, group))
    if wanted is None or wanted.origin is None:
        return index.configuration, ("spec", "unmanagedGrants")
    return wanted.origin.document, wanted.origin.path
