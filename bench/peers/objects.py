"""The objects that every tool creates: partners with a team, its people and its grants, and access groups.

Reconciler gets them as files of partners and access groups, OpenTofu as resources that refer to each other,
and octoDNS as records, in a zone for each partner.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

GROUPS: Final = 10
ADMINS: Final = 2
MEMBERS: Final = 4
GRANTS: Final = 2
# A group and its API.
OF_GROUP: Final = 2
# A partner, its team, and what belongs to the team.
OF_PARTNER: Final = 2 + ADMINS + MEMBERS + GRANTS
UNTIL: Final = "2031-12-31"

# The kinds of objects, and the kinds that each of them needs.
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "access_group": (),
    "access_item": ("access_group",),
    "partner": (),
    "team": ("partner",),
    "membership": ("team",),
    "grant": ("access_group", "team"),
}


class Object(NamedTuple):
    """An object of a portal: its kind, its name, its values, and the objects that it needs."""

    kind: str
    name: str
    values: Mapping[str, str]
    needs: tuple["Object", ...] = ()


def partners(size: int) -> int:
    """Return how many partners belong to this number of objects. Raise ValueError if the number is uneven."""
    number, rest = divmod(size - GROUPS * OF_GROUP, OF_PARTNER)
    if number < 1 or rest:
        raise ValueError(f"{size} is not {GROUPS * OF_GROUP} plus a multiple of {OF_PARTNER}")
    return number


def objects(size: int) -> Iterator[Object]:
    """Yield this number of objects; each follows those that it needs."""
    for number in range(GROUPS):
        yield group(number)
        yield Object("access_item", f"group-{number}-api", {"api": api(number)}, (group(number),))
    for number in range(partners(size)):
        yield from of_partner(number)


def api(number: int) -> str:
    """Return the name of the API of a group."""
    return f"api-{number}-v1"


def group(number: int) -> Object:
    """Return an access group."""
    return Object("access_group", f"group-{number}", {"display_name": f"Group {number}", "owner": "network"})


def groups_of(number: int) -> list[Object]:
    """Return the access groups that are granted to the team of a partner."""
    return [group((number + each) % GROUPS) for each in range(GRANTS)]


def of_partner(number: int) -> Iterator[Object]:
    """Yield a partner, its team, and the members and grants of the team."""
    name = f"partner-{number:05}"
    values = {"type": "external", "owner": "network", "agreement": f"MSA-{number:05}"}
    partner = Object("partner", name, {"display_name": f"Partner {number}", **values})
    team = Object("team", f"{name}-web", {"display_name": "Web"}, (partner,))
    yield partner
    yield team
    for person in range(ADMINS + MEMBERS):
        role = "admin" if person < ADMINS else "member"
        values = {"email": f"person-{person}@{name}.example", "role": role}
        yield Object("membership", f"{name}-web-person-{person}", values, (team,))
    for each in groups_of(number):
        values = {"level": "consume", "until": UNTIL}
        yield Object("grant", f"{name}-web-{each.name}", values, (each, team))
