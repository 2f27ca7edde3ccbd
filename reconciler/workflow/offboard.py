"""Take people out of all files, and block them wherever the admins of a team could add them again."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from reconciler.edit import blocked, people_in, without_people
from reconciler.model.document import AccessGroup, Document, Partner, Team
from reconciler.model.field_types import listed
from reconciler.model.hierarchy import owner
from reconciler.model.identity import canonical_domain, canonical_email, domain_of
from reconciler.model.ids import kind_of
from reconciler.model.kinds import kind_row, partner_of, person_of, team_of, title_of
from reconciler.model.resource import Live
from reconciler.workflow.edit import DocumentEdit, Edits
from reconciler.workflow.rosters import InDirectory, Roster, Rosters


class TeamLeft(msgspec.Struct, frozen=True):
    """A team that loses its last admin, and the people of its partner who could be it, with their roles."""

    team: str
    candidates: tuple[str, ...]


class Offboarding(msgspec.Struct, frozen=True):
    """The edits, all people whom the files name or block, and the teams that lose their last admin.

    `in_directories` are the groups of directories that have the people, who are blocked until they leave.
    """

    edits: Edits
    known: frozenset[str]
    teams: tuple[TeamLeft, ...]
    in_directories: tuple[InDirectory, ...] = ()


def offboard(documents: Sequence[Document], people: Collection[str], lives: Collection[Live]) -> Offboarding:
    """Take people out of all documents.

    They are blocked in each partner with a team that takes them from a directory, or with a delegated team
    that has them in its file or in a portal, or whose domains allow their addresses. `people` are canonical
    addresses.
    """
    rosters = Rosters(documents)
    in_directories: list[InDirectory] = []
    in_portals = _people_by_partner(people, lives)
    edits: list[DocumentEdit] = []
    known = rosters.in_directories()
    teams: list[TeamLeft] = []
    for document in documents:
        if not isinstance(document.body, Partner | AccessGroup):
            continue
        named = people_in(document.data)
        known |= named
        here = named.intersection(people)
        operations = without_people(document.data, here)
        if isinstance(document.body, Partner):
            partner = document.body
            known.update(map(canonical_email, partner.spec.blocked))
            found = [*rosters.from_directories(document, people)]
            in_directories += found
            could_return = _who_could_return(partner, here, people, in_portals)
            operations += blocked(document.data, could_return | {each.person for each in found})
            gone = here | {each.person for each in found}
            teams += _left_without_admin(rosters.of(document), partner, people, gone, lives)
        if operations:
            edits.append(DocumentEdit(document, operations))
    return Offboarding(Edits(tuple(edits)), frozenset(known), tuple(teams), tuple(in_directories))


def remaining_in_portal(person: str, live: Live, scope: str) -> list[str]:
    """Return what a person has in a portal that this configuration does not manage."""
    return sorted(
        f"{kind_row(kind_of(each)).noun} {title_of(each)}"
        for each in live.resources
        if person_of(each) == person and owner(team_of(each) or each, live.resources) != scope
    )


def _people_by_partner(people: Collection[str], lives: Collection[Live]) -> Mapping[str, set[str]]:
    """Return the people who are in teams of each partner in a portal."""
    found: dict[str, set[str]] = {}
    for live in lives:
        for each in live.resources:
            partner = partner_of(each) if kind_of(each) == "membership" else None
            if partner is not None and (person := person_of(each)) in people:
                found.setdefault(partner, set()).add(person)
    return found


def _who_could_return(
    partner: Partner, here: Collection[str], people: Collection[str], in_portals: Mapping[str, set[str]]
) -> set[str]:
    """Return the people whom the admins of a delegated team could add again."""
    if not any(team.members == "delegated" for team in _lasting_teams(partner)):
        return set()
    names = (partner.metadata.name, *listed(partner.metadata.previously))
    known = {*here}.union(*(in_portals.get(name, ()) for name in names))
    domains = {canonical_domain(domain) for domain in partner.spec.domains}
    return {each for each in people if each in known or domain_of(each) in domains}


def _lasting_teams(partner: Partner) -> Sequence[Team]:
    """Return the teams that have not ended."""
    if partner.spec.status == "ended":
        return ()
    return [team for team in partner.spec.teams if team.status != "ended"]


def _left_without_admin(
    rosters: Sequence[Roster],
    partner: Partner,
    people: Collection[str],
    gone: Collection[str],
    lives: Collection[Live],
) -> Iterator[TeamLeft]:
    """Yield the teams that lose their last admin."""
    lasting = {each.name for each in _lasting_teams(partner)} if gone else set()
    for roster in rosters:
        if roster.team in lasting and roster.admins and {*roster.admins} <= {*gone}:
            excluded = {*people, *map(canonical_email, partner.spec.blocked)}
            others = [each for each in rosters if each.team in lasting and each is not roster]
            name = f"{partner.metadata.name}/{roster.team}"
            candidates = (
                *_in_file(partner.metadata.name, [roster, *others], excluded),
                *_in_portals(name, excluded, lives),
            )
            yield TeamLeft(name, candidates)


def _in_portals(team: str, excluded: set[str], lives: Collection[Live]) -> Iterator[str]:
    """Yield the other members of a team in portals, whom its admins have added or invited."""
    people = {
        person_of(each)
        for live in lives
        for each, held in live.resources.items()
        if each.startswith(f"membership/{team}/") and held.state not in {"expired", "declined"}
    }
    yield from (f"{person} (member of {team} in a portal)" for person in sorted(people - excluded))


def _in_file(partner: str, rosters: Sequence[Roster], excluded: set[str]) -> Iterator[str]:
    """Yield who could be the admin of a team: its members, then the people of the partner's other teams."""
    for roster in rosters:
        for role, people in (("admin", roster.admins), ("member", roster.members)):
            for email in people:
                if email not in excluded:
                    excluded.add(email)
                    yield f"{email} ({role} of {partner}/{roster.team})"
