"""Build the desired state of one portal on one day from the documents."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.desired.people import TITLES, People
from reconciler.model.document import (
    AccessGroup,
    AccessGroupSpec,
    ApiProduct,
    ApiProductSpec,
    Configuration,
    ConfigurationSpec,
    Document,
    GroupAccess,
    GroupGrant,
    Origin,
    Partner,
    Repository,
    Team,
    UnmanagedGrants,
    listed,
)
from reconciler.model.identity import canonical_domain, canonical_email
from reconciler.model.ids import encoded
from reconciler.model.people_lock import ListedPerson
from reconciler.model.portal_names import external_names
from reconciler.model.resource import (
    Because,
    Desired,
    Fields,
    Resource,
    ResourceId,
    grant_fields,
    membership_fields,
)
from reconciler.model.source_map import Path

_Access: TypeAlias = str | GroupAccess | GroupGrant

_NAME: Final = ("metadata", "name")


def build_desired_state(repository: Repository, today: str) -> Desired:
    """Return the desired state on `today` (YYYY-MM-DD, UTC).

    The files must have no errors: every document has a body, and every reference is defined.
    """
    builder = _Builder(repository, today)
    holders: dict[str, _Holder] = {}
    others: list[Document] = []
    for document in repository.documents:
        if isinstance(document.body, Partner):
            holders[document.body.metadata.name] = _partner(builder, document, document.body)
        else:
            others.append(document)
    for document in others:
        if isinstance(document.body, AccessGroup):
            _group(builder, document, document.body, holders)
        elif isinstance(document.body, ApiProduct):
            _product(builder, document, document.body)
    return msgspec.structs.replace(
        builder.desired(holders), external_names=external_names(repository.documents)
    )


class _Holder:
    """Facts about a partner that its resources depend on: former names, end, blocked people, teams.

    `gone` is why none of its resources are desired, `barred` why none of its grants are.
    """

    __slots__ = ("barred", "blocked", "document", "ended", "formers", "gone", "name", "teams", "until")

    def __init__(self, document: Document, body: Partner, people: People) -> None:
        spec = body.spec
        self.document = document
        self.name = body.metadata.name
        self.formers = listed(body.metadata.previously)
        self.until = spec.until
        self.teams = spec.teams
        self.blocked = people.with_all_addresses(document, map(canonical_email, spec.blocked))
        self.gone: Because | None = "ended" if spec.status == "ended" else None
        self.barred: Because | None = "suspended" if spec.status == "suspended" else self.gone
        self.ended = {team.name: listed(team.previously) for team in spec.teams if team.status == "ended"}

    @property
    def team_names(self) -> list[str]:
        """The names of its teams."""
        return [team.name for team in self.teams]

    def without(self, team: str) -> Because | None:
        """Return why no resources of a team are desired, or None."""
        return self.gone or ("ended" if team in self.ended else None)

    def withheld(self, team: str) -> Because | None:
        """Return why no grants to a team are desired, or None."""
        return "ended" if team in self.ended else self.barred

    def ended_teams(self) -> Iterator[ResourceId]:
        """Yield the ids of ended teams, including former names; they are not renamed before deletion."""
        for team, formers in self.ended.items():
            yield f"team/{self.name}/{team}"
            for former in formers:
                if former not in self.team_names and "/" not in former:
                    yield f"team/{self.name}/{former}"


class _Builder:
    """Collects the resources of the desired state."""

    __slots__ = (
        "addresses",
        "because",
        "delegated",
        "not_pulled",
        "people",
        "renames",
        "resources",
        "scope",
        "settings",
        "today",
        "unmanaged",
        "withheld",
    )

    def __init__(self, repository: Repository, today: str) -> None:
        body = repository.configuration.body
        self.scope = str(repository.configuration.name)
        self.people = People(repository.documents)
        self.settings = body.spec if isinstance(body, Configuration) else ConfigurationSpec(paths={})
        self.today = today
        self.unmanaged: dict[ResourceId, UnmanagedGrants] = {}
        self.resources: dict[ResourceId, Resource] = {}
        self.renames: dict[ResourceId, tuple[tuple[ResourceId, ...], ...]] = {}
        self.because: dict[ResourceId, Because] = {}
        self.withheld: dict[ResourceId, Resource] = {}
        self.delegated: set[ResourceId] = set()
        self.not_pulled: dict[ResourceId, frozenset[str]] = {}
        self.addresses: dict[ResourceId, tuple[ResourceId, ...]] = {}

    def add(
        self,
        resource_id: ResourceId,
        fields: Fields,
        origin: Origin,
        without: Because | None,
        owner_label: str | None = None,
    ) -> None:
        """Add a resource, or record why it is not desired."""
        if without:
            self.because[resource_id] = without
        else:
            self.resources[resource_id] = Resource(resource_id, fields, owner_label, None, None, origin)

    def grant(
        self,
        resource_id: ResourceId,
        access: _Access,
        origin: Origin,
        until: str | None = None,
        withheld: Because | None = None,
    ) -> None:
        """Add a grant that ends on the last day of its partner at the latest; a developer has no partner.

        `withheld` is why its holder gets no grants.
        """
        level, reason = "consume", None
        if not isinstance(access, str):
            level, reason, end = access.level, access.reason, access.until
            if end and (until is None or end < until):
                until = end
        fields = grant_fields(level, reason, until)
        without = "expired" if until and until < self.today else withheld
        if without:
            self.withheld[resource_id] = Resource(resource_id, fields, origin=origin)
        self.add(resource_id, fields, origin, without)

    def rename(self, resource_id: ResourceId, former: str | tuple[str, ...] | None) -> None:
        """Record the former names of a partner, product or group."""
        if former:
            kind = resource_id.partition("/")[0]
            self.renames[resource_id] = tuple((f"{kind}/{name}",) for name in listed(former))

    def desired(self, holders: dict[str, _Holder]) -> Desired:
        """Return the desired state."""
        ended = [holder for holder in holders.values() if holder.gone]
        return Desired(
            scope=self.scope,
            today=self.today,
            resources=self.resources,
            renames=self.renames,
            because=self.because,
            blocked={holder.name: holder.blocked for holder in holders.values() if holder.blocked},
            delegated=frozenset(self.delegated),
            not_pulled=self.not_pulled,
            former_addresses=self.addresses,
            # An ended partner is not renamed first: objects under its former name end with it.
            ended=frozenset(
                [holder.name for holder in ended]
                + [former for holder in ended for former in holder.formers if former not in holders]
            ),
            suspended=frozenset(
                holder.name for holder in holders.values() if holder.barred and not holder.gone
            ),
            ended_teams=frozenset(team for holder in holders.values() for team in holder.ended_teams()),
            external=frozenset(self.settings.external.partners),
            unmanaged_grants=self.unmanaged,
            unmanaged_default=self.settings.unmanaged_grants,
            withheld=self.withheld,
        )


def _partner(builder: _Builder, document: Document, body: Partner) -> _Holder:
    holder = _Holder(document, body, builder.people)
    partner_id = f"partner/{holder.name}"
    fields = _partner_fields(body, holder)
    builder.add(partner_id, fields, Origin(document, _NAME), holder.gone, builder.scope)
    if holder.gone:
        origin = Origin(document, _NAME)
        builder.withheld[partner_id] = Resource(partner_id, fields, builder.scope, origin=origin)
    else:
        builder.rename(partner_id, body.metadata.previously)
    for number, team in enumerate(body.spec.teams):
        _team(builder, holder, team, number)
        _accesses(builder, holder, team, (body.spec.access, ("spec", "access")))
        _accesses(builder, holder, team, (team.access, ("spec", "teams", number, "access")))
    return holder


def _partner_fields(body: Partner, holder: _Holder) -> Fields:
    spec = body.spec
    fields: dict[str, Any] = {
        "type": spec.type,
        "status": spec.status,
        "displayName": spec.display_name,
        "owner": spec.owner,
    }
    if spec.domains:
        fields["domains"] = sorted({canonical_domain(domain) for domain in spec.domains})
    if spec.agreement:
        fields["agreement"] = spec.agreement
    if holder.blocked:
        fields["blocked"] = sorted(holder.blocked)
    return fields


def _team(builder: _Builder, holder: _Holder, team: Team, number: int) -> None:
    name = f"{holder.name}/{team.name}"
    team_id, start = f"team/{name}", f"membership/{name}/"
    origin = Origin(holder.document, ("spec", "teams", number), "name")
    delegated = team.members == "delegated"
    fields = {"displayName": team.display_name or team.name, "delegated": delegated}
    gone = holder.without(team.name)
    builder.add(team_id, fields, origin, gone, builder.scope)
    if not gone:
        if team.previously:
            builder.renames[team_id] = tuple(_places(holder, former) for former in listed(team.previously))
        if delegated:
            builder.delegated.add(team_id)
    for role, title in TITLES.items():
        found = builder.people.of(holder.document, number, role)
        if found is None:
            builder.not_pulled[team_id] = builder.not_pulled.get(team_id, frozenset()) | {title}
        for person in found or ():
            _member(builder, holder, start, person, title, gone)


def _places(holder: _Holder, former: str) -> tuple[ResourceId, ...]:
    """Return the ids under which a team with this former name may be live, as its partner may be renamed."""
    if "/" in former:
        return (f"team/{former}",)
    return tuple(f"team/{partner}/{former}" for partner in (*holder.formers, holder.name))


def _member(
    builder: _Builder, holder: _Holder, start: str, person: ListedPerson, role: str, gone: Because | None
) -> None:
    """Add a membership, unless the person has another role in the team already.

    `start` begins the ids of its memberships, and `gone` is why none is desired.
    """
    email = canonical_email(person.email)
    resource_id = f"{start}{encoded(email)}"
    if resource_id in builder.resources:
        return
    until = person.until
    without: Because | None = "blocked" if email in holder.blocked else gone
    if until and until < builder.today:
        without = "expired"
    builder.add(resource_id, membership_fields(role, until), person.origin, without)
    if person.previously and (formers := builder.people.former_addresses(person)):
        builder.addresses[resource_id] = tuple(f"{start}{encoded(each)}" for each in formers)


def _accesses(
    builder: _Builder, holder: _Holder, team: Team, written: tuple[Sequence[str | GroupAccess], Path]
) -> None:
    """Add the grants to a team that a list at some path requests."""
    accesses, path = written
    if not accesses:
        return
    to, withheld = f"team/{holder.name}/{team.name}", holder.withheld(team.name)
    for number, access in enumerate(accesses):
        group = access if isinstance(access, str) else access.group
        origin = Origin(holder.document, path, number)
        builder.grant(f"grant/{group}/{to}", access, origin, holder.until, withheld)


def _product(builder: _Builder, document: Document, body: ApiProduct) -> None:
    name = body.metadata.name
    product_id = f"api-product/{name}"
    fields = {**_described(body.spec), "visibility": body.spec.visibility}
    builder.add(product_id, fields, Origin(document, _NAME), None, builder.scope)
    builder.rename(product_id, body.metadata.previously)
    for number, api in enumerate(body.spec.apis):
        builder.add(f"product-item/{name}/{api}", {}, Origin(document, ("spec", "apis"), number), None)


def _group(builder: _Builder, document: Document, body: AccessGroup, holders: dict[str, _Holder]) -> None:
    name, spec = body.metadata.name, body.spec
    group_id = f"access-group/{name}"
    builder.add(group_id, _described(spec), Origin(document, _NAME), None, builder.scope)
    builder.rename(group_id, body.metadata.previously)
    if spec.unmanaged_grants:
        builder.unmanaged[group_id] = spec.unmanaged_grants
    for number, api in enumerate(spec.apis):
        builder.add(f"access-item/{name}/api/{api}", {}, Origin(document, ("spec", "apis"), number), None)
    for number, product in enumerate(spec.products):
        origin = Origin(document, ("spec", "products"), number)
        builder.add(f"access-item/{name}/product/{product}", {}, origin, None)
    for number, grant in enumerate(spec.grants):
        _given(builder, name, grant, Origin(document, ("spec", "grants"), number), holders)


def _described(spec: AccessGroupSpec | ApiProductSpec) -> Fields:
    fields: dict[str, Any] = {"displayName": spec.display_name, "owner": spec.owner}
    if spec.description:
        fields["description"] = spec.description
    return fields


def _given(
    builder: _Builder, group: str, grant: GroupGrant, origin: Origin, holders: dict[str, _Holder]
) -> None:
    if grant.developer:
        person = encoded(canonical_email(grant.developer))
        builder.grant(f"grant/{group}/developer/{person}", grant, origin)
        return
    name, _, team = (grant.team or grant.partner or "").partition("/")
    holder = holders.get(name)
    if holder is None:
        # A team of an external partner: another configuration manages it.
        builder.grant(f"grant/{group}/team/{name}/{team}", grant, origin)
        return
    for each in [team] if team else holder.team_names:
        to, withheld = f"team/{name}/{each}", holder.withheld(each)
        builder.grant(f"grant/{group}/{to}", grant, origin, holder.until, withheld)
