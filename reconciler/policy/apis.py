"""Check APIs in groups and products: ownership, isolation of internal partners, existence in the portal."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.document import AccessGroup, ApiProduct, Document
from reconciler.model.finding import Severity
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import ApiFacts, Index
from reconciler.policy.partner_view import GrantRef, PartnerView
from reconciler.policy.suggestions import Suggestions

# For one partner; any further APIs share one finding for each group.
_MAX_REPORTED: Final = 100
_MAX_LISTED: Final = 30


def unknown_api(index: Index) -> Iterator[Violation]:
    """Report APIs in access groups and products that the portal does not offer."""
    live = index.context.live
    if live is None or not live.complete:
        return
    suggestions = Suggestions()
    for document, number, api, _ in _held(index):
        if api not in live.apis:
            hint = suggestions.find(api, live.apis) or _choices(live.apis)
            yield Violation(document, ("spec", "apis", number), f'the portal offers no API "{api}"', hint)


def _choices(apis: Collection[str]) -> str:
    """Return the names to choose from, if there are few."""
    if not apis:
        return "the portal offers no APIs; the embedded portal offers all of the catalog"
    if len(apis) > _MAX_LISTED:
        return "use the name of an API in the portal"
    return f"the APIs of the portal: {', '.join(sorted(apis))}"


def foreign_api(index: Index) -> Iterator[Violation]:
    """Report APIs in access groups and products of another owner, whom `bundledBy` in the catalog omits.

    A restricted API is an error if nobody would ask its owner: approvals of this owner are not enforced on
    each forge for which the configuration has approvers.
    """
    for document, path, api, owner in _bundled(index):
        facts = (index.apis or {}).get(api)
        if facts is not None and facts.owner is not None and facts.is_foreign(owner):
            is_open = facts.visibility != "restricted" or index.settings.enforces(facts.owner)
            hint = f"make sure that its owner {facts.owner} agrees"
            yield Violation(
                document,
                path,
                f'API "{api}" belongs to {facts.owner}, not to {owner}',
                hint if is_open else f"{hint}, and adds `bundledBy: [{owner}]` to it in the catalog",
                severity=None if is_open else Severity.ERROR,
            )


def _bundled(index: Index) -> Iterator[tuple[Document, Path, str, str]]:
    """Yield each API in a group or product, its place, and the owner of the group or product.

    An API in a product of the same owner is reported there.
    """
    for document, number, api, owner in _held(index):
        yield document, ("spec", "apis", number), api, owner
    for document, body in index.groups.values():
        for number, name in enumerate(body.spec.products):
            found = index.products.get(name)
            if found and found[1].spec.owner != body.spec.owner:
                for api in found[1].spec.apis:
                    yield document, ("spec", "products", number), api, body.spec.owner


def _held(index: Index) -> Iterator[tuple[Document, int, str, str]]:
    """Yield each API that a group or product lists, its index, and the owner of the group or product."""
    for document in (*index.of_kind("AccessGroup"), *index.of_kind("ApiProduct")):
        body = document.body
        if isinstance(body, AccessGroup | ApiProduct):
            for number, api in enumerate(body.spec.apis):
                yield document, number, api, body.spec.owner


def internal_isolation(index: Index) -> Iterator[Violation]:
    """Report restricted APIs of another owner that an internal partner can access.

    Owner and visibility of APIs come from the catalog. An exception from this rule belongs in the access
    group.
    """
    yield from _reached(index, index.apis or {})


def internal_isolation_by_portal(index: Index) -> Iterator[Violation]:
    """Without a catalog, owner and visibility come from the portal."""
    if index.apis is None and index.context.live is not None:
        offered = index.context.live.apis.values()
        yield from _reached(index, {api.name: ApiFacts(api.visibility, api.owner) for api in offered})


def _reached(index: Index, apis: Mapping[str, ApiFacts]) -> Iterator[Violation]:
    """Yield each restricted API of another owner that an internal partner can access, at its first grant."""
    restricted = {name: facts.owner for name, facts in apis.items() if facts.visibility == "restricted"}
    forbidden: dict[str, frozenset[str]] = {}
    for holder in index.current_partners if restricted else ():
        if holder.type == "internal":
            others = forbidden.get(holder.owner)
            if others is None:
                others = frozenset(name for name, owner in restricted.items() if owner != holder.owner)
                forbidden[holder.owner] = others
            yield from _of_partner(index, holder, others)


def _of_partner(index: Index, holder: PartnerView, forbidden: frozenset[str]) -> Iterator[Violation]:
    reported: set[str] = set()
    for given in index.current_access(holder):
        reached = sorted((forbidden & index.apis_of(given.group)) - reported)
        left = max(_MAX_REPORTED - len(reported), 0)
        reported.update(reached)
        for api in reached[:left]:
            yield _isolated(index, holder, given, f'API "{api}"')
        if len(reached) > left:
            more = counted(len(reached) - left, "more API")
            yield _isolated(index, holder, given, more, f": {', '.join(reached[left:])}")


def _isolated(index: Index, holder: PartnerView, given: GrantRef, what: str, which: str = "") -> Violation:
    return Violation(
        given.document,
        given.path,
        f'internal partner "{holder.name}" can access {what}, restricted and of another owner than'
        f" {holder.owner}{which}",
        f'remove access group "{given.group}", or add an exception to that group',
        id=f"partner/{holder.name}",
        excused_by=index.groups[given.group][0],
    )
