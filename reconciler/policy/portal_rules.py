"""Check facts that only the portal knows: invitations, delegated members, APIs and capabilities."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from reconciler.model.document import Catalog, Origin
from reconciler.model.identity import domain_of
from reconciler.model.ids import decoded
from reconciler.model.kinds import person_of
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Resource, ResourceId
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.tolerant import normalized_domain


def no_active_admin(index: Index) -> Iterator[Violation]:
    """Report teams in the portal without an admin who accepted the invitation.

    Nothing is reported on the day of the first invitation.
    """
    for team, admins in _admins(index).items():
        waiting = [each for each in admins if each.state != "active"]
        sent = [each.invited_at[:10] for each in waiting if each.invited_at]
        if len(waiting) == len(admins) and (not sent or min(sent) < index.today):
            desired = index.context.desired
            origin = desired.resources[team].origin if desired else None
            if origin is not None:
                name = team.removeprefix("team/")
                states = ", ".join(f"{person_of(each.id)} ({each.state})" for each in waiting)
                yield Violation(
                    origin.document,
                    (*origin.path[:-1], "admins"),
                    f'no admin of team "{name}" has accepted the invitation: {states}',
                    "ask them to accept, or add another admin to manage the members",
                    id=team,
                )


def invitation_declined(index: Index) -> Iterator[Violation]:
    """Report people in the files who declined their invitation; it is never sent again."""
    desired, live = index.context.desired, index.context.live
    for each in desired.resources.values() if desired and live else ():
        held = live.resources.get(each.id) if live and each.kind == "membership" else None
        if held is not None and held.state == "declined" and each.origin is not None:
            person, team = person_of(each.id), "/".join(each.id.split("/")[1:3])
            message = f'{person} declined the invitation to team "{team}" and is not invited again'
            hint = (
                "remove the person from the file, or delete the membership in the portal to invite them again"
            )
            yield Violation(each.origin.document, each.origin.path, message, hint, id=each.id)


def delegated_domain(index: Index) -> Iterator[Violation]:
    """Report delegated members outside the partner's domains, if the partner has any."""
    desired, live = index.context.desired, index.context.live
    if desired is None or live is None:
        return
    domains = {
        holder.name: {normalized_domain(domain) for domain in holder.body.spec.domains}
        for holder in index.current_partners
    }
    strangers: dict[str, list[str]] = {}
    for each in live.resources:
        if each.startswith("membership/") and each not in desired.resources:
            _, partner, team, _ = each.split("/", 3)
            person = person_of(each)
            known = domains.get(partner)
            if known and f"team/{partner}/{team}" in desired.delegated and domain_of(person) not in known:
                strangers.setdefault(f"{partner}/{team}", []).append(person)
    for team, people in sorted(strangers.items()):
        origin = desired.resources[f"team/{team}"].origin
        if origin is not None:
            who = f"{len(people):,} delegated member{'s' if len(people) != 1 else ''} of team"
            verb = "are" if len(people) != 1 else "is"
            message = (
                f'{who} "{team}" {verb} not in one of the partner\'s domains: {", ".join(sorted(people))}'
            )
            hint = "add the domain, block the people, or ask the admins of the team"
            yield Violation(origin.document, origin.path, message, hint, id=f"team/{team}")


def catalog_stale(index: Index) -> Iterator[Violation]:
    """Report differences between the catalog and the APIs of the portal, including their visibility."""
    live = index.context.live
    catalogs = [each for each in index.of_kind("Catalog") if isinstance(each.body, Catalog)]
    if live is None or not live.complete or not catalogs:
        return
    listed = index.apis or {}
    missing = sorted(set(live.apis) - set(listed)) if index.is_whole("Catalog") else []
    if missing:
        message = f"the catalog does not list these APIs of the portal: {', '.join(missing)}"
        yield Violation(catalogs[0], ("spec", "apis"), message, "add them to the catalog")
    for document in catalogs:
        body = document.body
        for number, api in enumerate(body.spec.apis if isinstance(body, Catalog) else ()):
            offered = live.apis.get(api.name)
            path = ("spec", "apis", number)
            if offered is None:
                yield Violation(document, path, f'the portal does not offer API "{api.name}"', "remove it")
            elif offered.visibility != api.visibility:
                message = (
                    f'API "{api.name}" is {offered.visibility} in the portal, but '
                    f"{api.visibility} in the catalog"
                )
                yield Violation(document, (*path, "visibility"), message, "use the visibility of the portal")


def unsupported(index: Index) -> Iterator[Violation]:
    """Report definitions that the portal cannot store."""
    desired, can = index.context.desired, index.context.capabilities
    if desired is None or can is None:
        return
    yield from _renames(index, desired, can)
    for each in desired.resources.values():
        if each.kind not in can.kinds:
            yield from _cannot(each, f"does not support the kind {each.kind}")
            continue
        for field in each.fields:
            if f"{each.kind}.{field}" not in can.fields:
                yield from _cannot(each, f"cannot store {field} of a {each.kind}", field)
        yield from _beyond_limits(each, can)
        if each.fields.get("role") == "admin" and not can.team_admins:
            yield from _cannot(each, "does not support team admins")
        if each.id.startswith("grant/") and each.id.split("/")[2] == "developer" and not can.developer_grants:
            yield from _cannot(each, "does not support grants to single people")


def _beyond_limits(resource: Resource, can: Capabilities) -> Iterator[Violation]:
    """Yield the texts that are too long for the portal, or contain characters that it does not accept."""
    if not can.limits:
        return
    for field, value in {**resource.fields, "name": decoded(resource.id.rpartition("/")[2])}.items():
        limit = can.limits.get(f"{resource.kind}.{field}")
        for text in (value if isinstance(value, list) else [value]) if limit else ():
            if limit is not None and isinstance(text, str):
                if len(text) > limit.longest:
                    what = f"accepts at most {limit.longest:,} characters as {field} of a {resource.kind}"
                    yield from _cannot(resource, f"{what}, not {len(text):,}", field)
                elif limit.alphabet and not re.fullmatch(f"{limit.alphabet}*", text):
                    what = f"accepts only {limit.says} as {field} of a {resource.kind}"
                    yield from _cannot(resource, what, field)


def _renames(index: Index, desired: Desired, can: Capabilities) -> Iterator[Violation]:
    """Yield the pending renames that the portal cannot make."""
    live = index.context.live
    for new, formers in desired.renames.items():
        wanted = desired.resources.get(new)
        waiting = [
            old
            for old in chain.from_iterable(formers)
            if live is not None and old in live.resources and new not in live.resources
        ]
        what = _impossible(waiting[0], new, desired, can) if waiting else ""
        if what and wanted is not None and wanted.origin is not None:
            message = f"the portal cannot {what}, which {new} requires"
            hint = f"remove previously, and end {waiting[0]} first; its people are invited again"
            yield Violation(wanted.origin.document, wanted.origin.path, message, hint, id=new)


def _impossible(old: ResourceId, new: ResourceId, desired: Desired, can: Capabilities) -> str:
    """Return the operation that a rename needs and the portal does not support, or nothing."""
    kind = new.partition("/")[0]
    if kind not in can.renames:
        return f"rename a {kind}"
    return "move a team to another partner" if desired.is_move(new, old) and kind not in can.moves else ""


def _cannot(resource: Resource, what: str, field: str = "name") -> Iterator[Violation]:
    if resource.origin is not None:
        message = f"the portal {what}, which {resource.id} requires"
        hint = "change the definition to something that the portal supports"
        path = _path(resource.origin, field)
        yield Violation(resource.origin.document, path, message, hint, id=resource.id)


def _path(origin: Origin, field: str) -> Path:
    """Return the path of a field of a resource, or that of the resource if the field is not in the file."""
    beside = origin.path[:-1] if origin.path[-1] == "name" else origin.path
    if beside == ("metadata",):
        beside = ("spec",)
    value: Any = origin.document.data
    for step in beside:
        value = value[step]
    return (*beside, field) if isinstance(value, Mapping) and field in value else origin.path


def _admins(index: Index) -> dict[str, list[Resource]]:
    """Return the live memberships of the admins in the files, by the id of their team."""
    desired, live = index.context.desired, index.context.live
    found: dict[str, list[Resource]] = {}
    for each in desired.resources.values() if desired and live else ():
        if each.kind == "membership" and each.fields.get("role") == "admin":
            held = live.resources.get(each.id) if live else None
            if held is not None:
                found.setdefault("team/" + "/".join(each.id.split("/")[1:3]), []).append(held)
    return found
