"""Check facts that only the portal knows: invitations, delegated members, APIs and issued keys."""

from collections.abc import Iterator
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.document import Catalog, Document
from reconciler.model.identity import domain_of
from reconciler.model.ids import decoded, kind_of, name_of
from reconciler.model.kinds import partner_of, person_of, team_of
from reconciler.model.resource import WAITS_FOR_KEY, Resource
from reconciler.policy.context import Violation
from reconciler.policy.enumeration import named
from reconciler.policy.index import Index

_REFRESH: Final = "run `reconciler catalog`"


def no_active_admin(index: Index) -> Iterator[Violation]:
    """Report teams in the portal without an admin who accepted the invitation.

    Nothing is reported on the day of the first invitation.
    """
    for team, admins in _admins(index).items():
        waiting = [each for each in admins if _is_waiting(each)]
        sent = [each.invited_at[:10] for each in waiting if each.invited_at]
        if len(waiting) == len(admins) and (not sent or min(sent) < index.today):
            desired = index.context.desired
            origin = desired.resources[team].origin if desired else None
            if origin is not None:
                name = name_of(team)
                states = ", ".join(f"{person_of(each.id)} ({each.state})" for each in waiting)
                yield Violation(
                    origin.document,
                    (*origin.path[:-1], "admins"),
                    f'no admin of team "{name}" has accepted the invitation: {states}',
                    "ask them to accept, or add another admin to manage the members",
                    id=team,
                )


def invitation_declined(index: Index) -> Iterator[Violation]:
    """Report people in the files who declined their invitation, or whose account the portal has rejected.

    They are not invited again.
    """
    desired, live = index.context.desired, index.context.live
    held = live.resources.values() if live else ()
    declined = {each.id for each in held if each.state == "declined"}
    for each in desired.resources.values() if desired and declined else ():
        if each.id in declined and each.kind == "membership" and each.origin is not None:
            person, team = person_of(each.id), name_of(team_of(each.id) or "")
            message = (
                f'{person} declined the invitation to team "{team}", or the portal has rejected the account; '
                "no invitation is sent again"
            )
            hint = (
                f"remove the person from the {_list(each.origin.document)}, delete the membership in the"
                " portal to invite them again, or approve the account there"
            )
            yield Violation(each.origin.document, each.origin.path, message, hint, id=each.id)


def delegated_domain(index: Index) -> Iterator[Violation]:
    """Report delegated members outside the partner's domains, if the partner has any."""
    desired = index.context.desired
    if desired is None:
        return
    strangers: dict[str, list[str]] = {}
    for each in index.undefined:
        team = team_of(each) if kind_of(each) == "membership" else None
        if team in desired.delegated:
            person, holder = person_of(each), index.holders.get(partner_of(team) or "")
            known = holder.domains if holder is not None and holder.status != "ended" else ()
            if known and domain_of(person) not in known:
                strangers.setdefault(team, []).append(person)
    for team, people in sorted(strangers.items()):
        origin = desired.resources[team].origin
        if origin is not None:
            who = f"{counted(len(people), 'delegated member')} of team"
            verb = "are" if len(people) != 1 else "is"
            outside = f"{verb} not in one of the partner's domains: {', '.join(sorted(people))}"
            message = f'{who} "{name_of(team)}" {outside}'
            hint = "add the domain, block the people, or ask the admins of the team"
            yield Violation(origin.document, origin.path, message, hint, id=team)


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
        yield Violation(catalogs[0], ("spec", "apis"), message, _REFRESH)
    for document in catalogs:
        body = document.body
        for number, api in enumerate(body.spec.apis if isinstance(body, Catalog) else ()):
            offered = live.apis.get(api.name)
            path = ("spec", "apis", number)
            if offered is None:
                yield Violation(document, path, f'the portal does not offer API "{api.name}"', _REFRESH)
            elif offered.visibility != api.visibility:
                message = (
                    f'API "{api.name}" is {offered.visibility} in the portal, but '
                    f"{api.visibility} in the catalog"
                )
                yield Violation(document, (*path, "visibility"), message, "use the visibility of the portal")


def keys_outlive_access(index: Index) -> Iterator[Violation]:
    """Report people who lose access in a portal where the keys that were issued to them continue to work."""
    can, effect = index.context.capabilities, index.context.impact
    if can is None or effect is None or not can.keys_outlive_grants:
        return
    people = sorted({person for row in effect.lost for person in row.people})
    if people:
        message = f"keys that were issued to {named(people)} continue to work after they lose access"
        yield Violation(index.configuration, ("spec", "portals"), message, "revoke their keys in the portal")


def waits_for_key(index: Index) -> Iterator[Violation]:
    """Report teams that have grants in the portal, and no key to use them with."""
    desired, live = index.context.desired, index.context.live
    waiting: dict[str, list[str]] = {}
    for each in live.resources.values() if live else ():
        if each.state == WAITS_FOR_KEY and desired and each.id in desired.resources:
            waiting.setdefault(team_of(each.id) or "", []).append(decoded(each.id.split("/")[1]))
    for team, apis in sorted(waiting.items()):
        origin = desired.resources[team].origin if desired and team in desired.resources else None
        if origin is not None:
            message = f'team "{name_of(team)}" has no key for {named(sorted(apis))} yet'
            hint = "its members create a key in the developer portal; the next run adds the APIs to it"
            yield Violation(origin.document, origin.path, message, hint, id=team)


def concurrent_writes(index: Index) -> Iterator[Violation]:
    """Report once that a portal does not refuse writes that happen at the same time as a run.

    It cannot detect that another user has just changed an object, or grants no lease to the writing run.
    """
    can, changes = index.context.capabilities, index.context.changes
    if can is None or not changes:
        return
    gaps = [] if can.preconditions else ["another user's change can be overwritten while a run writes"]
    gaps += [] if can.leases else ["two runs can write at the same time"]
    if gaps:
        message = f"in this portal, {', and '.join(gaps)}"
        hint = "run one apply at a time, and do not edit managed objects in the portal meanwhile"
        yield Violation(index.configuration, ("spec", "portals"), message, hint)


def _list(document: Document) -> str:
    return "group in the directory" if document.kind == "People" else "file"


def _admins(index: Index) -> dict[str, list[Resource]]:
    """Return the live memberships of the admins in the files, by the id of their team; none if none waits."""
    desired, live = index.context.desired, index.context.live
    found: dict[str, list[Resource]] = {}
    if desired is None or live is None or not any(map(_is_waiting, live.resources.values())):
        return found
    for each in desired.resources.values():
        if each.fields.get("role") == "admin" and each.kind == "membership":
            held = live.resources.get(each.id)
            if held is not None:
                found.setdefault(team_of(each.id) or "", []).append(held)
    return found


def _is_waiting(held: Resource) -> bool:
    return held.state not in {"active", None}
