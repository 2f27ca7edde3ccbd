"""The rules about APIs: whose they are, who may reach them, and whether the portal has them."""

from collections.abc import Iterator, Mapping
from typing import Final

from reconciler.model.document import AccessGroup, ApiProduct, Document
from reconciler.policy.context import Violation
from reconciler.policy.index import ApiFacts, Index
from reconciler.policy.partner_view import GrantRef, PartnerView
from reconciler.policy.suggestions import Suggestions

# Of one partner; the others have one finding together for each group.
_MOST_TOLD: Final = 100


def unknown_api(index: Index) -> Iterator[Violation]:
    """The portal offers every API that an access group or product holds."""
    live = index.world.live
    if live is None or not live.complete:
        return
    suggestions = Suggestions()
    for document, number, api, _ in _held(index):
        if api not in live.apis:
            hint = suggestions.find(api, live.apis) or "the portal decides which APIs there are"
            yield Violation(document, ("spec", "apis", number), f'the portal offers no API "{api}"', hint)


def foreign_api(index: Index) -> Iterator[Violation]:
    """An access group or product holds only APIs of its own owner, as the catalog tells."""
    for document, number, api, owner in _held(index):
        facts = (index.apis or {}).get(api)
        if facts is not None and facts.owner != owner:
            message = f'API "{api}" belongs to {facts.owner}, not to {owner}'
            hint = f"its owner {facts.owner} should know of it"
            yield Violation(document, ("spec", "apis", number), message, hint)


def _held(index: Index) -> Iterator[tuple[Document, int, str, str]]:
    """Yield each API that a group or product holds itself, its place, and the holder's owner."""
    for document in index.documents:
        body = document.body
        if isinstance(body, AccessGroup | ApiProduct):
            for number, api in enumerate(body.spec.apis):
                yield document, number, api, body.spec.owner


def internal_isolation(index: Index) -> Iterator[Violation]:
    """An internal partner reaches its owner's own APIs, and those that are public or organization-wide.

    The catalog tells which they are. Only the access group can be excepted.
    """
    yield from _reached(index, index.apis or {})


def internal_isolation_by_portal(index: Index) -> Iterator[Violation]:
    """Where there is no catalog, the portal tells."""
    if index.apis is None and index.world.live is not None:
        offered = index.world.live.apis.values()
        yield from _reached(index, {api.name: ApiFacts(api.visibility, api.owner) for api in offered})


def _reached(index: Index, apis: Mapping[str, ApiFacts]) -> Iterator[Violation]:
    """Yield each restricted API of another owner that an internal partner reaches, at the first grant."""
    restricted = {name: facts.owner for name, facts in apis.items() if facts.visibility == "restricted"}
    forbidden: dict[str, frozenset[str]] = {}
    for holder in index.present if restricted else ():
        if holder.type == "internal":
            others = forbidden.get(holder.owner)
            if others is None:
                others = frozenset(name for name, owner in restricted.items() if owner != holder.owner)
                forbidden[holder.owner] = others
            yield from _of_partner(index, holder, others)


def _of_partner(index: Index, holder: PartnerView, forbidden: frozenset[str]) -> Iterator[Violation]:
    told: set[str] = set()
    for given in index.given(holder):
        reached = sorted((forbidden & index.apis_of(given.group)) - told)
        left = max(_MOST_TOLD - len(told), 0)
        told.update(reached)
        for api in reached[:left]:
            yield _isolated(index, holder, given, f'API "{api}", which is')
        if len(reached) > left:
            more = f"{len(reached) - left:,} more APIs, which are"
            yield _isolated(index, holder, given, more, f": {', '.join(reached[left:])}")


def _isolated(index: Index, holder: PartnerView, given: GrantRef, what: str, which: str = "") -> Violation:
    return Violation(
        given.document,
        given.path,
        f'internal partner "{holder.name}" reaches {what} restricted and'
        f" not of its owner {holder.owner}{which}",
        f'it comes with access group "{given.group}", which alone can make an exception',
        id=f"partner/{holder.name}",
        excused_by=index.groups[given.group][0],
    )
