"""Give access by clicks, change how much and until when, and revoke it."""

from typing import Any, Final

import msgspec
from msgspec.structs import replace

from reconciler.portal_server.operations.problems import FieldError, ProblemError
from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.operator import edit, fields, files, review
from reconciler.portal_server.pages.operator.fields import Field
from reconciler.portal_server.pages.operator.lists import names_of
from reconciler.portal_server.pages.operator.screens import BASE
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit
from reconciler.portal_server.values.sentences import full_stop

_LEVEL: Final = Field(
    key="level",
    label="Level",
    control="choice",
    options=(
        ("consume", "Consume", "They see the APIs and call them."),
        ("view", "View", "They see the APIs and their documentation."),
    ),
    initial="consume",
    rule="Choose one of the two.",
    required=True,
)
_UNTIL: Final = Field(
    key="until", label="Last day", control="day", hint="Access ends after this day. Empty: no end."
)
_REASON: Final = Field(
    key="reason",
    label="Reason",
    control="text",
    hint="For those who review the access later.",
    rule="Enter at most 4,000 characters.",
)
_GROUP: Final = Field(
    key="groupId", label="Access group", control="reference", of="access-group", required=True
)
_TEAM: Final = Field(
    key="teamId", label="Team", control="reference", of="team", hint="All its members get it."
)
_EMAIL: Final = Field(
    key="email",
    label="A person instead of a team",
    control="email",
    hint="The address of a single person. Prefer a team: then access does not depend on one person.",
    rule="Enter an address such as ana@acme.example.",
    autocomplete="off",
)
NEW: Final = (_GROUP, _TEAM, _EMAIL, _LEVEL, _UNTIL, _REASON)
CHANGE: Final = (_LEVEL, _UNTIL, _REASON)


def show_new(visit: Visit) -> PageResponse:
    """Show the form that gives access; the query can name the partner, the team, the person or the group."""
    initial = {
        "groupId": visit.query.get("group", ""),
        "teamId": visit.query.get("team", ""),
        "email": visit.query.get("email", ""),
        "level": "consume",
    }
    partner = visit.query.get("partner", "")
    chosen = [replace(field, within=partner) if field is _TEAM else field for field in NEW]
    shown = [_only_choice(each) if partner else each for each in fields.values(visit, chosen, initial)]
    return layout.page(
        visit,
        "operator/form.html",
        heading="Give access",
        above=[_origin(visit)],
        shown=shown,
        errors=fields.errors(visit, NEW, taken="groupId"),
        button="Give access",
        cancel=_origin(visit)[0],
    )


def give(visit: Visit) -> PageResponse:
    """Grant the group; if git manages the group or the team, after a confirmation."""
    body = fields.body_of(NEW, visit.form)
    _require_one_receiver(body)
    body = {key: value for key, value in fields.resolve(visit, NEW, body).items() if value is not None}
    names = names_of(visit, [body.get("groupId"), body.get("teamId")])
    file = _file(visit, names)
    if file is not None and not review.is_confirmed(visit):
        made = visit.rehearse("create-grant", body=body)
        receiver = _receiver(made, names)
        changes = [review.Change(f"{names[made.group_id].label} for {receiver}", "no access", _terms(made))]
        return review.page(visit, f"Give access to {receiver}?", file, changes, visit.target)
    made = visit.perform("create-grant", body=body)
    group = names[made.group_id].label
    notice = f"{_receiver(made, names)} can now {made.level} {group}{full_stop(group)}"
    return notices.done(visit, _back(made), notice)


def show_change(visit: Visit) -> PageResponse:
    """Show the form that changes a grant."""
    grant, names = _load(visit)
    current = msgspec.to_builtins(grant)
    return layout.page(
        visit,
        "operator/form.html",
        heading=f"Access of {_receiver(grant, names)} to {names[grant.group_id].label}",
        above=[(_back(grant), _receiver(grant, names))],
        shown=fields.values(visit, CHANGE, current),
        errors=fields.errors(visit, CHANGE),
        button="Save",
        cancel=_back(grant),
        etag=grant.etag,
        originals=[(field.key, fields.typed(field, current.get(field.key))) for field in CHANGE],
        meanwhile=edit.changed_meanwhile(visit, CHANGE, current) if visit.is_stale else None,
        file=_file(visit, names),
    )


def change(visit: Visit) -> PageResponse:
    """Save the level, the last day and the reason."""
    grant, names = _load(visit)
    request: dict[str, Any] = {
        "path": {"id": grant.id},
        "body": fields.body_of(CHANGE, visit.form),
        "if_match": visit.shown_tag,
    }
    file = _file(visit, names)
    if file is not None and not review.is_confirmed(visit):
        after = visit.rehearse("change-grant", **request)
        changes = edit.compared(CHANGE, msgspec.to_builtins(grant), msgspec.to_builtins(after))
        if changes:
            title = f"Change the access of {_receiver(grant, names)}?"
            return review.page(visit, title, file, changes, visit.target)
    visit.perform("change-grant", **request)
    notice = f"The access of {_receiver(grant, names)} to {names[grant.group_id].label} was saved."
    return notices.done(visit, _back(grant), notice)


def show_revocation(visit: Visit) -> PageResponse:
    """Show who loses what without a grant, and what they keep through other groups."""
    grant, names = _load(visit)
    people = 1
    if grant.team_id:
        people = visit.perform("list-members", query={"team": grant.team_id, "limit": "1"}).total
    lost, kept = _lost(visit, grant)
    return layout.page(
        visit,
        "operator/revoke.html",
        grant=grant,
        group=names[grant.group_id],
        receiver=_receiver(grant, names),
        people=people,
        lost=lost,
        kept=kept,
        back=_back(grant),
        file=_file(visit, names),
        errors=visit.errors(),
    )


def revoke(visit: Visit) -> PageResponse:
    """Delete the grant."""
    grant, names = _load(visit)
    etag = visit.shown_tag
    visit.perform("delete-grant", path={"id": grant.id}, if_match=etag)
    group = names[grant.group_id].label
    notice = f"{_receiver(grant, names)} no longer has {group}{full_stop(group)}"
    return notices.done(visit, _back(grant), notice)


def _load(visit: Visit) -> tuple[Any, dict[str, Any]]:
    grant = visit.perform("get-grant", path={"id": visit.path["id"]})
    return grant, names_of(visit, [grant.group_id, grant.team_id])


def _lost(visit: Visit, grant: Any) -> tuple[list[str], list[str]]:
    """Return the names of the APIs that the receiver loses, and of those that other grants give as well."""
    query = {"team": grant.team_id} if grant.team_id else {"email": grant.email}
    others = visit.perform("list-grants", query={**query, "limit": "1000"}).items
    today = visit.now.date().isoformat()
    level = {
        each.group_id: each.level
        for each in others
        if each.id != grant.id and (each.until is None or each.until >= today)
    }
    apis = visit.perform("list-group-apis", body={"ids": [grant.group_id, *level]})
    enough = {"consume"} if grant.level == "consume" else {"consume", "view"}
    elsewhere = {each.id for each in apis if level.get(each.group_id) in enough}
    here = {each.id: each.display_name for each in apis if each.group_id == grant.group_id}
    return (
        [name for api, name in here.items() if api not in elsewhere],
        [name for api, name in here.items() if api in elsewhere],
    )


def _file(visit: Visit, names: dict[str, Any]) -> files.GitFile | None:
    """Return the file of the group if git manages the grant: it does so if it also manages the team."""
    found = {each.kind: files.file_of_named(visit, each) for each in names.values()}
    if "team" in found and found["team"] is None:
        return None
    return found.get("access-group")


def _require_one_receiver(body: dict[str, Any]) -> None:
    if (body["teamId"] is None) == (body["email"] is None):
        detail = "Choose a team, or enter the address of a person, not both."
        raise ProblemError(422, detail, errors=[FieldError("/teamId", detail)])


def _only_choice(shown: fields.Shown) -> fields.Shown:
    """Choose the team of a partner that has a single one."""
    if shown.field.key != _TEAM.key or shown.value or len(shown.choices) != 1:
        return shown
    return replace(shown, value=shown.choices[0][0])


def _receiver(grant: Any, names: dict[str, Any]) -> str:
    team = names.get(grant.team_id)
    return f"{team.partner} · {team.label}" if team else str(grant.email)


def _terms(grant: Any) -> str:
    return f"{grant.level}, until {grant.until}" if grant.until else f"{grant.level}, no end"


def _back(grant: Any) -> str:
    return f"{BASE}/teams/{grant.team_id}" if grant.team_id else f"{BASE}/access-groups/{grant.group_id}"


def _origin(visit: Visit) -> tuple[str, str]:
    """Return the page that the query names, to which a person goes back, and its name."""
    for key, kind, path in (
        ("team", "team", "teams"),
        ("partner", "partner", "partners"),
        ("group", "access-group", "access-groups"),
    ):
        reference = visit.query.get(key)
        if reference:
            found = visit.perform("find-by-name", body={"kind": kind, "reference": reference})
            if found:
                return f"{BASE}/{path}/{found[0].id}", found[0].label
    return f"{BASE}/access-groups", "Access groups"


PAGES: Final = (
    Page(path=f"{BASE}/grants/new", audience="operator", show=show_new, submit=give),
    Page(path=f"{BASE}/grants/{{id}}/change", audience="operator", show=show_change, submit=change),
    Page(path=f"{BASE}/grants/{{id}}/revoke", audience="operator", show=show_revocation, submit=revoke),
)
