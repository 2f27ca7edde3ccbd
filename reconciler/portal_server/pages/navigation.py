"""The links of the navigation, by what the person may do and where they are."""

import msgspec

from reconciler.portal_server.pages.visit import Visit


class Link(msgspec.Struct, frozen=True):
    """A link; `count` is how many things wait there, and `current` marks the page that is shown."""

    href: str
    label: str
    current: bool = False
    count: int | None = None


def navigation(visit: Visit) -> list[Link]:
    """Return the links for this person on this page, the most used ones first."""
    viewer = visit.viewer
    if viewer is None:
        return []
    found: list[tuple[str, str]] = []
    if viewer.team is not None:
        base = f"/ui/teams/{viewer.team.id}"
        found.append((f"{base}/members", "Members"))
        found.append((f"{base}/access", "Access"))
        if viewer.is_admin:
            found.append((f"{base}/requests", "Requests"))
            found.append((f"{base}/audit", "Audit log"))
        if viewer.is_operator:
            found.append((f"/ui/operator/teams/{viewer.team.id}", "Set up"))
    elif viewer.is_operator:
        found += [
            ("/ui/operator/partners", "Partners"),
            ("/ui/operator/teams", "Teams"),
            ("/ui/operator/access-groups", "Access groups"),
            ("/ui/operator/products", "API products"),
            ("/ui/operator/apis", "APIs"),
            ("/ui/operator/people", "People"),
            ("/ui/operator/tokens", "Tokens"),
            ("/ui/operator/requests", "Requests"),
            ("/ui/operator/access", "Who has access"),
            ("/ui/operator/audit", "Audit log"),
        ]
    here = visit.target.partition("?")[0]
    return [Link(href, label, here == href or here.startswith(f"{href}/")) for href, label in found]
