"""Create a token, whose text is shown once."""

from reconciler.portal_server.operations.problems import FieldError, ProblemError
from reconciler.portal_server.pages import layout
from reconciler.portal_server.pages.operator import fields, screens
from reconciler.portal_server.pages.visit import PageResponse, Visit


def create(visit: Visit) -> PageResponse:
    """Create the token and show its text, which cannot be shown again."""
    body = fields.body_of(screens.TOKEN.fields, visit.form)
    if (body.get("scope") == "team") != (body["teamId"] is not None):
        detail = "Choose a team for a token that manages the members of one team, and only for it."
        raise ProblemError(422, detail, errors=[FieldError("/teamId", detail)])
    token = visit.perform("create-token", body=fields.resolve(visit, screens.TOKEN.fields, body))
    return layout.page(visit, "operator/token.html", token=token)
