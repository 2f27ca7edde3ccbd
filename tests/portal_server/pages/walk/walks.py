"""For each page, who opens it and in which states; `{acme}` stands for an id of the sample."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from tests.portal_server.pages.walk.sample import ADMIN, GUEST, MEMBER, OPERATOR

# An operator who sees the portal as an admin of the team Integration.
VIEWING: Final = "viewing"
# An operator of a portal without any object.
EMPTY: Final = "operator of an empty portal"


class Walk(NamedTuple):
    """A page in a state, opened by a person; None is a stranger. `page` is its path in the routes."""

    page: str
    path: str
    person: str | None
    status: int = 200


_TEAM: Final = "/ui/teams/{team}"
_OPERATOR: Final = "/ui/operator"


def _public() -> list[Walk]:
    link, code = "/ui/sign-in/link/{code}", "/ui/invitations/{code}"
    return [
        Walk("/ui/sign-in", "/ui/sign-in", None),
        Walk("/ui/sign-in/sent", "/ui/sign-in/sent", None),
        Walk(link, "/ui/sign-in/link/{link}", None),
        Walk(link, "/ui/sign-in/link/lnk_of-yesterday", None, 404),
        Walk(code, "/ui/invitations/{code}", None),
        Walk(code, "/ui/invitations/{code}", MEMBER),
        Walk(code, "/ui/invitations/{expired-code}", None, 410),
        Walk(code, "/ui/invitations/inv_withdrawn", None, 404),
        Walk("/ui/demo/mail", "/ui/demo/mail", None),
        Walk("/ui/sign-in/oidc", "/ui/sign-in/oidc", None, 502),
        Walk("/ui/sign-in/oidc/callback", "/ui/sign-in/oidc/callback?code=1&state=2", None, 403),
        Walk("/ui/sign-out/provider", "/ui/sign-out/provider", None),
        Walk("/ui/{rest:path}", "/ui/nothing", None, 404),
        Walk("/ui/{rest:path}", "/ui/teams/{ops}/members", MEMBER, 404),
    ]


def _own() -> list[Walk]:
    return [
        *(Walk("/ui/", "/ui/", each) for each in (ADMIN, MEMBER, GUEST, OPERATOR, VIEWING, EMPTY)),
        *(Walk("/ui/me", "/ui/me", each) for each in (MEMBER, OPERATOR, EMPTY)),
        Walk("/ui/me/sessions/end", "/ui/me/sessions/end", MEMBER),
    ]


def _filled(page: str, keys: Mapping[str, str]) -> str:
    """Return the path of a page with names of the sample's ids instead of its parameters."""
    return re.sub(r"{(\w+)}", lambda found: f"{{{keys[found[1]]}}}", page)


def _of_teams() -> list[Walk]:
    def walks(page: str, *visits: tuple[str, str], **options: str) -> list[Walk]:
        return [Walk(page, _filled(page, {"team": team, **options}), person) for team, person in visits]

    own, members = ("integration", ADMIN), f"{_TEAM}/members"
    every = [own, ("integration", MEMBER), ("integration", VIEWING), ("quiet", ADMIN), ("ops", OPERATOR)]
    admins = [own, ("finance", ADMIN), ("crane", ADMIN), ("quiet", ADMIN), ("integration", OPERATOR)]
    requests = f"{_TEAM}/requests"
    return [
        *walks(f"{_TEAM}", own),
        *walks(members, *every, *admins[1:3]),
        *(Walk(members, f"/ui/teams/{{integration}}/members?{query}", ADMIN) for query in _MEMBER_FILTERS),
        *walks(f"{members}/invite", *admins),
        *walks(f"{members}/{{member}}", own, ("integration", OPERATOR), member="bo"),
        *walks(f"{members}/{{member}}", own, member="blocked"),
        *walks(f"{members}/{{member}}", own, member="invited"),
        *walks(f"{members}/{{member}}/remove", own, ("integration", OPERATOR), member="bo"),
        *walks(f"{members}/{{member}}/remove", own, member="invited"),
        *walks(f"{members}/selected", own),
        *walks(f"{members}/confirmed", own),
        *walks(f"{_TEAM}/leave", ("integration", MEMBER), own),
        *walks(f"{_TEAM}/access", *every),
        *walks(f"{_TEAM}/access/people", own, ("quiet", ADMIN), ("integration", VIEWING)),
        Walk(
            f"{_TEAM}/access/people/person",
            "/ui/teams/{integration}/access/people/person?person=bo%40acme.example",
            ADMIN,
        ),
        *walks(f"{_TEAM}/access/{{grant}}/give-back", own, grant="grant"),
        *walks(f"{requests}/{{request}}/withdraw", own, request="request"),
        *walks(requests, own, ("quiet", ADMIN), ("integration", OPERATOR)),
        *walks(f"{requests}/new", own, ("crane", ADMIN)),
        *walks(f"{_TEAM}/audit", own, ("quiet", ADMIN), ("integration", VIEWING)),
        Walk(f"{_TEAM}/audit", "/ui/teams/{integration}/audit?since=2027-01-01", ADMIN),
    ]


_MEMBER_FILTERS: Final = ("search=nobody", "state=expired", "role=admin")


def _of_operators() -> list[Walk]:
    found: list[Walk] = []
    kinds = {
        "partners": ("acme", "globex", "harbor", "haifa"),
        "teams": ("integration", "finance", "crane", "quiet"),
        "access-groups": ("logistics", "customs"),
        "products": ("shipping", "empty-product"),
        "apis": ("tracking", "labels"),
        "people": ("account-of-bo", "account-of-guest"),
        "tokens": ("token",),
    }
    for kind, ids in kinds.items():
        base = f"{_OPERATOR}/{kind}"
        found += [Walk(base, base, OPERATOR), Walk(base, base, EMPTY)]
        found += [Walk(base, f"{base}?search=nothing+like+it", OPERATOR)]
        found += [Walk(f"{base}/new", f"{base}/new", OPERATOR)]
        actions = {"tokens": ("/delete",), "people": ("", "/change", "/delete")}
        for action in actions.get(kind, ("", "/change", "/delete")):
            found += [Walk(f"{base}/{{id}}{action}", f"{base}/{{{each}}}{action}", OPERATOR) for each in ids]
    return [*found, *_more_of_operators()]


def _more_of_operators() -> list[Walk]:
    groups, products, grants = (f"{_OPERATOR}/{kind}" for kind in ("access-groups", "products", "grants"))
    status, requests = f"{_OPERATOR}/partners/{{id}}/status/{{change}}", f"{_OPERATOR}/requests"

    def walk(page: str, path: str = "") -> Walk:
        return Walk(page, path or page, OPERATOR)

    return [
        walk(_OPERATOR),
        Walk(_OPERATOR, _OPERATOR, EMPTY),
        walk(f"{grants}/new", f"{grants}/new?group={{logistics}}"),
        walk(f"{grants}/new", f"{grants}/new?team={{crane}}"),
        walk(f"{grants}/{{id}}/change", f"{grants}/{{grant-of-crane}}/change"),
        walk(f"{grants}/{{id}}/revoke", f"{grants}/{{grant-of-crane}}/revoke"),
        walk(f"{groups}/{{id}}/items/new", f"{groups}/{{customs}}/items/new"),
        walk(f"{groups}/{{id}}/items/{{item}}/remove", f"{groups}/{{billing}}/items/{{billing-item}}/remove"),
        walk(f"{products}/{{id}}/items/new", f"{products}/{{shipping}}/items/new"),
        walk(
            f"{products}/{{id}}/items/{{item}}/remove",
            f"{products}/{{shipping}}/items/{{product-item}}/remove",
        ),
        walk(f"{_OPERATOR}/teams/{{id}}/people/new", f"{_OPERATOR}/teams/{{integration}}/people/new"),
        walk(status, f"{_OPERATOR}/partners/{{acme}}/status/suspend"),
        walk(status, f"{_OPERATOR}/partners/{{harbor}}/status/resume"),
        walk(requests),
        walk(requests, f"{requests}?state=declined"),
        Walk(requests, requests, EMPTY),
        walk(f"{requests}/{{request}}", f"{requests}/{{request}}"),
        walk(f"{requests}/{{request}}", f"{requests}/{{wish}}"),
        walk(f"{requests}/{{request}}", f"{requests}/{{decline-request}}"),
        walk(f"{_OPERATOR}/access"),
        Walk(f"{_OPERATOR}/access", f"{_OPERATOR}/access", EMPTY),
        walk(f"{_OPERATOR}/access/person", f"{_OPERATOR}/access/person?person=bo%40acme.example"),
        walk(f"{_OPERATOR}/audit"),
        walk(f"{_OPERATOR}/audit", f"{_OPERATOR}/audit?page=2"),
        Walk(f"{_OPERATOR}/audit", f"{_OPERATOR}/audit", EMPTY),
    ]


WALKS: Final = (*_public(), *_own(), *_of_teams(), *_of_operators())
# Files to download, which no browser shows.
DOWNLOADS: Final = frozenset(
    f"{base}/{name}"
    for base in (f"{_TEAM}/audit", f"{_OPERATOR}/audit", f"{_TEAM}/access/people", f"{_OPERATOR}/access")
    for name in ("csv", "json")
)
