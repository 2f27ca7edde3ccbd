"""The members of a team: find them, send invitations again, remove them, leave the team."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.operations.responses import ListedMember, ListedMembers, TeamAccess
from reconciler.portal_server.pages import layout, notices, team_rules
from reconciler.portal_server.pages.signing_in import HOME, local_target
from reconciler.portal_server.pages.templating import counted
from reconciler.portal_server.pages.visit import NO_TAG, Page, PageResponse, Visit, page_errors, redirect
from reconciler.portal_server.values.sentences import full_stop

STATES: Final = {
    "active": "Active",
    "invited": "Invited",
    "expired": "Invitation expired",
    "declined": "Declined",
    "blocked": "Blocked",
}
_ROLES: Final = {"admin": "Admin", "member": "Member"}
_SOON: Final = timedelta(days=30)
_LONGEST: Final = 254
_PENDING: Final = frozenset({"invited", "expired"})


class Result(msgspec.Struct, frozen=True):
    """What became of one of several people; `problem` is why not."""

    email: str
    problem: str | None


def members_path(visit: Visit) -> str:
    """Return the path of the list of members of the team."""
    return f"/ui/teams/{visit.path['team']}/members"


def show_team(visit: Visit) -> PageResponse:
    """Lead to the page of the team that the person needs most."""
    return redirect(
        members_path(visit) if visit.person.is_admin else f"/ui/teams/{visit.path['team']}/access"
    )


def show(visit: Visit) -> PageResponse:
    """Show the members of the team; people who are not admins only see whom to ask."""
    if not visit.person.is_admin:
        return _show_admins(visit)
    chosen = _filters(visit.query)
    asked = {name: value for name, value in chosen.items() if name != "ending"}
    if asked.get("state") == "managed":
        asked = {**asked, "managed": "yes"}
        del asked["state"]
    if "ending" in chosen:
        asked["ending"] = (visit.now.date() + _SOON).isoformat()
    cursor = visit.query.get("cursor")
    try:
        listed: ListedMembers = visit.perform(
            "browse-members", path=_team(visit), query=asked | ({"cursor": cursor} if cursor else {})
        )
    except ProblemError:
        # A link that was changed by hand leads to the beginning.
        return redirect(members_path(visit), chosen if cursor else {})

    def page_at(place: str | None) -> str | None:
        return None if place is None else f"{members_path(visit)}?{urlencode({**chosen, 'cursor': place})}"

    return layout.page(
        visit,
        "members.html",
        path=members_path(visit),
        team=team_rules.team_of(visit),
        members=listed.items,
        total=listed.total,
        previous=page_at(listed.previous),
        next=page_at(listed.next),
        filters=chosen,
        all_selected=f"{members_path(visit)}?{urlencode(_kept(visit.query) | {'select': 'all'})}",
        selected="select" in visit.query,
        back=visit.target,
        states=[*STATES.items(), ("managed", "Managed in git")],
        roles=list(_ROLES.items()),
        rule=team_rules.rule(visit),
        may_change=team_rules.may_change(visit),
    )


def _show_admins(visit: Visit) -> PageResponse:
    listed: ListedMembers = visit.perform("browse-members", path=_team(visit), query={"limit": "1000"})
    return layout.page(
        visit,
        "members_of_member.html",
        team=team_rules.team_of(visit),
        admins=listed.items,
        path=members_path(visit),
    )


def _filters(query: Mapping[str, str]) -> dict[str, str]:
    """Return the filters of a query that have a meaning."""
    search = query.get("search", "").strip()[:_LONGEST]
    found = {"search": search} if search else {}
    if query.get("state") in {*STATES, "managed"}:
        found["state"] = query["state"]
    if query.get("role") in _ROLES:
        found["role"] = query["role"]
    if query.get("ending") == "30":
        found["ending"] = "30"
    return found


def _kept(query: Mapping[str, str]) -> dict[str, str]:
    return _filters(query) | ({"cursor": query["cursor"]} if "cursor" in query else {})


def submit_selected(visit: Visit) -> PageResponse:
    """Ask for a confirmation of what is to be done with the selected people."""
    _require_right(visit)
    ids = visit.form.all("member")
    again = visit.form.text("bulk") == "again"
    if not ids:
        raise ProblemError(422, "Select at least one person.")
    found = _found(visit, ids)
    fits = [each for each in found if _may(visit, each) and (not again or each.state == "expired")]
    return layout.page(
        visit,
        "members_confirm.html",
        path=members_path(visit),
        team=team_rules.team_of(visit),
        again=again,
        members=fits,
        others=[each for each in found if each not in fits],
        gone=len(set(ids)) - len(found),
        back=_back(visit),
        consequences=_consequences(visit, fits) if fits and not again else [],
    )


def show_selected(visit: Visit) -> PageResponse:
    """Lead back to the list: a selection is not an address."""
    if visit.problem is not None:
        return layout.page(visit, "members_none.html", back=_back(visit))
    return redirect(members_path(visit))


def submit_confirmed(visit: Visit) -> PageResponse:
    """Remove the people, or send their invitations again; report each one."""
    _require_right(visit)
    again = visit.form.text("bulk") == "again"
    known = {each.id: each for each in _found(visit, [_split(each)[0] for each in visit.form.all("member")])}
    results = []
    for value in visit.form.all("member"):
        member_id, etag = _split(value)
        member = known.get(member_id)
        if member is None:
            continue
        problem = visit.attempt(
            "invite-again" if again else "delete-member", path={"id": member_id}, if_match=etag
        )
        results.append(Result(member.email, _reason(problem)))
    gone = len(visit.form.all("member")) - len(results)
    done = [each for each in results if each.problem is None]
    if results and len(done) == len(results) and not gone:
        people = results[0].email if len(results) == 1 else counted(len(results), "person", "people")
        was = "was" if len(results) == 1 else "were"
        text = f"The invitation was sent to {people} again." if again else f"{people} {was} removed."
        return notices.done(visit, _back(visit), text)
    return layout.page(
        visit,
        "members_results.html",
        again=again,
        results=sorted(results, key=lambda each: (each.problem is None, each.email)),
        done=len(done),
        gone=gone,
        back=_back(visit),
    )


def show_remove(visit: Visit) -> PageResponse:
    """Show whom removing takes what from."""
    member = _one(visit)
    return layout.page(
        visit,
        "members_remove.html",
        path=members_path(visit),
        team=team_rules.team_of(visit),
        member=member,
        next=_next(visit),
        allowed=_may(visit, member) and visit.person.viewing_as is None,
        rule=team_rules.rule(visit),
        consequences=_consequences(visit, [member]),
        errors=visit.errors(),
    )


def submit_remove(visit: Visit) -> PageResponse:
    """Remove a person from the team, or withdraw their invitation."""
    member = _one(visit)
    visit.perform("delete-member", path={"id": member.id}, if_match=visit.shown_tag)
    withdrawn = member.state in _PENDING
    text = f"The invitation of {member.email} was withdrawn." if withdrawn else f"{member.email} was removed."
    return notices.done(visit, _next(visit), text)


def show_leave(visit: Visit) -> PageResponse:
    """Show what leaving the team takes from the person, or who decides about that."""
    own = team_rules.team_of(visit)
    return layout.page(
        visit,
        "members_leave.html",
        team=own,
        path=members_path(visit),
        is_operator=visit.person.is_operator,
        rule=team_rules.rule(visit),
        consequences=_lost(visit),
    )


def submit_leave(visit: Visit) -> PageResponse:
    """Leave the team."""
    team = team_rules.team_of(visit)
    visit.perform("leave-team", path=_team(visit))
    return notices.done(visit, HOME, f"You left {team.name} of {team.partner}{full_stop(team.partner)}")


def _team(visit: Visit) -> dict[str, str]:
    return {"id": visit.path["team"]}


def _found(visit: Visit, ids: Sequence[str]) -> list[ListedMember]:
    found: list[ListedMember] = visit.perform("find-members", path=_team(visit), body={"ids": list(ids)})
    return found


def _one(visit: Visit) -> ListedMember:
    found = _found(visit, [visit.path["member"]])
    if not found:
        raise ProblemError(404, "This person is no longer in the team.")
    return found[0]


def _may(visit: Visit, member: ListedMember) -> bool:
    return visit.person.is_operator or not member.managed


def _require_right(visit: Visit) -> None:
    rule = team_rules.rule(visit)
    if rule is not None:
        raise ProblemError(403, f"{rule.title}. {rule.text}")


def _split(value: str) -> tuple[str, str]:
    """Return the id and the entity tag that a form was shown with; without one, a tag that no object has."""
    member_id, _, etag = value.partition(" ")
    return member_id, etag or NO_TAG


def _back(visit: Visit) -> str:
    """Return the list as it was, with its filters."""
    path = members_path(visit)
    target = local_target(visit.form.maybe("back"))
    return target if target is not None and target.partition("?")[0] == path else path


def _next(visit: Visit) -> str:
    return local_target(visit.form.maybe("next") or visit.query.get("next")) or members_path(visit)


def _reason(problem: ProblemError | None) -> str | None:
    return None if problem is None else page_errors(problem)[0].message


def _consequences(visit: Visit, members: Sequence[ListedMember]) -> list[str]:
    found = []
    if any(each.state == "active" for each in members):
        found += _lost(visit)
    if any(each.state in _PENDING for each in members):
        found.append("The link in a pending invitation stops working.")
    if any(each.role == "admin" for each in members):
        found.append("An admin can no longer invite or remove people.")
    if any(each.managed for each in members):
        found.append("Git manages some of it: the next apply undoes the change unless the file changes, too.")
    return found or ["They are no longer in the list of the team."]


def _lost(visit: Visit) -> list[str]:
    access: TeamAccess = visit.perform("get-team-access", path=_team(visit))
    names = sorted({path.api_display_name for path in access.access})
    if not names:
        return ["The team has no access to APIs, so no access is lost."]
    return [
        f"Access to {counted(len(names), 'API')} through this team ends at the next request: {_some(names)}.",
    ]


def _some(names: Sequence[str], shown: int = 10) -> str:
    text = ", ".join(names[:shown])
    return text if len(names) <= shown else f"{text} and {len(names) - shown} more"


def _pages() -> Sequence[Page]:
    base = "/ui/teams/{team}"
    admin: Any = "team-admin"
    return (
        Page(path=base, audience="team", show=show_team),
        Page(path=f"{base}/members", audience="team", show=show),
        Page(path=f"{base}/members/selected", audience=admin, show=show_selected, submit=submit_selected),
        Page(path=f"{base}/members/confirmed", audience=admin, show=show_selected, submit=submit_confirmed),
        Page(
            path=f"{base}/members/{{member}}/remove", audience=admin, show=show_remove, submit=submit_remove
        ),
        Page(path=f"{base}/leave", audience="team", show=show_leave, submit=submit_leave),
    )


PAGES: Final = tuple(_pages())
