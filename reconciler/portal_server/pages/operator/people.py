"""Add a person to a team with a role and a last day, and sign people out, which admins of teams cannot do."""

from typing import Any, Final

from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.operator import edit, fields, files, review, screens
from reconciler.portal_server.pages.operator.fields import Field
from reconciler.portal_server.pages.operator.lists import names_of
from reconciler.portal_server.pages.operator.screens import BASE
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit
from reconciler.portal_server.values.sentences import full_stop

FIELDS: Final = (
    Field(
        key="email",
        label="E-mail address",
        control="email",
        hint="A person without an account gets an invitation by e-mail.",
        rule="Enter an address such as ana@acme.example.",
        required=True,
        autocomplete="off",
    ),
    Field(
        key="role",
        label="Role",
        control="choice",
        options=(
            ("admin", "Admin", "Invites and removes members of the team."),
            ("member", "Member", "Has the access of the team."),
        ),
        initial="admin",
        rule="Choose one of the two.",
        required=True,
    ),
    Field(
        key="until",
        label="Last day",
        control="day",
        hint="The membership ends after this day. Empty: no end.",
    ),
)


def show(visit: Visit) -> PageResponse:
    """Show the form."""
    team = edit.load(visit, screens.TEAM)
    partner = names_of(visit, [team.partner_id])[team.partner_id]
    page = screens.TEAM.page_of(team.id)
    return layout.page(
        visit,
        "operator/form.html",
        heading=f"Add a person to {team.display_name}",
        above=[(screens.PARTNER.page_of(partner.id), partner.label), (page, team.display_name)],
        shown=fields.values(visit, FIELDS, {"role": "admin"}),
        errors=fields.errors(visit, FIELDS, taken="email"),
        button="Add",
        cancel=page,
        file=_file(visit, team),
    )


def submit(visit: Visit) -> PageResponse:
    """Add the person; if git decides who is in the team, after a confirmation."""
    team = edit.load(visit, screens.TEAM)
    body: dict[str, Any] = {**fields.body_of(FIELDS, visit.form), "teamId": team.id}
    file = _file(visit, team)
    in_git = body.get("role") == "admin" or body["until"] is not None or not team.delegated
    if file is not None and in_git and not review.is_confirmed(visit):
        made = visit.rehearse("create-member", body=body)
        terms = f"{made.role}, until {made.until}" if made.until else made.role
        changes = [review.Change(made.email, "not in the team", terms)]
        return review.page(visit, f"Add a person to {team.display_name}?", file, changes, visit.target)
    made = visit.perform("create-member", body=body)
    outcome = "was invited to" if made.state == "invited" else "is now in"
    notice = f"{made.email} {outcome} {team.display_name}{full_stop(team.display_name)}"
    return notices.done(visit, screens.TEAM.page_of(team.id), notice)


def end_sessions(visit: Visit) -> PageResponse:
    """End every session of the person of an account."""
    found = edit.load(visit, screens.PERSON)
    visit.perform("end-sessions", path={"id": found.id})
    return notices.done(visit, screens.PERSON.page_of(found.id), f"{found.email} is signed out everywhere.")


def _file(visit: Visit, team: Any) -> files.GitFile | None:
    return edit.file_of(visit, team)


PAGES: Final = (
    Page(path=f"{BASE}/teams/{{id}}/people/new", audience="operator", show=show, submit=submit),
    Page(path=f"{BASE}/people/{{id}}/sessions/end", audience="operator", submit=end_sessions),
)
