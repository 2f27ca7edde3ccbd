"""KINDS: the table of live resource kinds. All that is the same for each kind reads it.

A row has the forms of the ids of its kind. They say what a name in an id means (a partner,
a team, a person …) and which parents an id has; children, owners, renames and sections follow from that.
"""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple

import msgspec

from reconciler.model.document import Level, PartnerType, Visibility
from reconciler.model.ids import ResourceId, decoded, encoded, kind_of
from reconciler.model.timestamps import Day


class _Reference(NamedTuple):
    """How an id names another object: the other id without its names, and where these are in this one."""

    id: str
    names: Callable[[list[str]], object]
    place: slice


class Form(msgspec.Struct, frozen=True):
    """One form of a kind's ids.

    `names` are the places of the names in an id split at slashes; at `place` it has the fixed `word`.
    `section` is the object that lists show it under. `noun` is a word for what has this form where it differs
    from the kind's; `label` and `title` name it in its section and elsewhere.
    """

    size: int
    names: Mapping[str, int]
    place: int
    word: str
    parents: tuple[_Reference, ...]
    section: _Reference
    label: str
    title: str
    noun: str

    def fits(self, parts: list[str]) -> bool:
        """Whether an id that was split at slashes has this form."""
        return len(parts) == self.size and parts[self.place] == self.word


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of resource.

    `noun` and `plural` are what people call it, `short` what they call it in a list. `rank` orders changes:
    the lowest are created first and deleted last. `edge`: access goes through it. `owner_label`: it has one
    itself; else it belongs to the owner of its first parent. `fields` are ours, with their types; `headline`
    are those that a list shows of a new one. `section` orders the sections that it heads.
    """

    name: str
    noun: str
    plural: str
    short: str = ""
    rank: int
    forms: tuple[Form, ...]
    fields: Mapping[str, Any] = {}
    headline: tuple[str, ...] = ()
    edge: bool = False
    owner_label: bool = False
    renameable: bool = False
    movable: bool = False
    section: int = 99

    @property
    def is_grant(self) -> bool:
        """Whether it gives a level of access."""
        return self.edge and "level" in self.fields


def form(template: str, *parents: str, label: str = "", title: str = "", noun: str = "") -> Form:
    """Return the form of ids like `grant/{group}/developer/{person}`, with the ids of its parents."""
    parts = template.split("/")
    names = {part[1:-1]: at for at, part in enumerate(parts) if part.startswith("{")}
    place = max(at for at, part in enumerate(parts) if not part.startswith("{"))
    above = tuple(_reference(each, parts) for each in parents)
    return Form(
        size=len(parts),
        names=names,
        place=place,
        word=parts[place],
        parents=above,
        section=_reference("partner/{partner}" if "partner" in names else (*parents, template)[0], parts),
        label=label or parts[-1],
        title=title or "/".join(parts[at] for at in names.values()),
        noun=noun,
    )


def _reference(template: str, parts: list[str]) -> _Reference:
    kind, *names = template.split("/")
    start = parts.index(names[0])
    places = range(start, start + len(names))
    return _Reference(
        "/".join([kind, *("%s" for _ in names)]), itemgetter(*places), slice(start, places.stop)
    )


_GROUP: Final = "access-group/{group}"
_PRODUCT: Final = "api-product/{product}"
_TEAM: Final = "team/{partner}/{team}"

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            name="partner",
            noun="partner",
            plural="partners",
            rank=10,
            forms=(form("partner/{partner}"),),
            fields={
                "type": PartnerType,
                "status": Literal["active", "suspended"],
                "displayName": str,
                "owner": str,
                "domains": list[str],
                "agreement": str,
                "blocked": list[str],
            },
            headline=("type", "status", "displayName"),
            owner_label=True,
            renameable=True,
            section=0,
        ),
        Kind(
            name="team",
            noun="team",
            plural="teams",
            rank=20,
            forms=(form(_TEAM, "partner/{partner}"),),
            fields={"displayName": str, "delegated": bool},
            headline=("delegated",),
            owner_label=True,
            renameable=True,
            movable=True,
        ),
        Kind(
            name="membership",
            noun="member",
            plural="members",
            rank=30,
            forms=(form("membership/{partner}/{team}/{person}", _TEAM),),
            fields={"role": Literal["admin", "member"], "until": Day},
            headline=("until",),
            edge=True,
        ),
        Kind(
            name="api-product",
            noun="API product",
            plural="API products",
            short="product",
            rank=40,
            forms=(form(_PRODUCT),),
            fields={"displayName": str, "description": str, "owner": str, "visibility": Visibility},
            headline=("displayName",),
            owner_label=True,
            renameable=True,
            section=2,
        ),
        Kind(
            name="product-item",
            noun="API in product",
            plural="APIs in products",
            short="API",
            rank=50,
            forms=(form("product-item/{product}/{api}", _PRODUCT),),
            edge=True,
        ),
        Kind(
            name="access-group",
            noun="access group",
            plural="access groups",
            short="group",
            rank=60,
            forms=(form(_GROUP),),
            fields={"displayName": str, "description": str, "owner": str},
            headline=("displayName",),
            owner_label=True,
            renameable=True,
            section=1,
        ),
        Kind(
            name="access-item",
            noun="item of group",
            plural="items of groups",
            rank=70,
            forms=(
                form("access-item/{group}/api/{api}", _GROUP, noun="API"),
                form("access-item/{group}/product/{product}", _GROUP, _PRODUCT, noun="product"),
            ),
            edge=True,
        ),
        Kind(
            name="grant",
            noun="grant",
            plural="grants",
            rank=80,
            forms=(
                form(
                    "grant/{group}/team/{partner}/{team}",
                    _GROUP,
                    _TEAM,
                    label="→ {group}",
                    title="{partner}/{team} → {group}",
                ),
                form("grant/{group}/developer/{person}", _GROUP, title="{person} → {group}"),
            ),
            fields={"level": Level, "until": Day, "reason": str},
            headline=("level", "until", "reason"),
            edge=True,
        ),
    )
}


def kind_row(name: str) -> Kind:
    """Return the row of a kind; of an unknown one only its name is known."""
    known = KINDS.get(name)
    return known or Kind(name=name, noun=name, plural=name, rank=0, forms=(form(f"{name}/{{name}}"),))


def _form(parts: list[str]) -> Form:
    """Return the form of an id that was split at slashes."""
    forms = kind_row(parts[0]).forms
    if len(forms) > 1:
        for each in forms:
            if parts[each.place] == each.word:
                return each
    return forms[0]


def is_id(text: str, kind: str | None = None) -> bool:
    """Whether a text is an id of a known kind, or of this one, with its names as ids hold them."""
    parts = text.split("/")
    known = KINDS.get(parts[0])
    return (
        known is not None
        and kind in {None, known.name}
        and any(each.fits(parts) for each in known.forms)
        and all(part and encoded(decoded(part)) == part for part in parts)
    )


def parents(resource_id: ResourceId) -> tuple[ResourceId, ...]:
    """Return the ids that must exist for this one to exist; the first one's owner owns it."""
    parts = resource_id.split("/")
    above = _form(parts).parents
    if len(above) == 1:
        return (above[0].id % above[0].names(parts),)
    return tuple([each.id % each.names(parts) for each in above])


def section_of(resource_id: ResourceId) -> ResourceId:
    """Return what lists show a resource under: its partner, else the object that it belongs to, or itself."""
    parts = resource_id.split("/")
    section = _form(parts).section
    return section.id % section.names(parts)


def name_in(resource_id: ResourceId, what: str) -> str | None:
    """Return the partner, team, person, group, product or API that an id names, encoded."""
    parts = resource_id.split("/")
    at = _form(parts).names.get(what)
    return None if at is None else parts[at]


def is_marked(resource_id: ResourceId) -> bool:
    """Whether this kind has the owner label itself."""
    return kind_row(kind_of(resource_id)).owner_label


def partner_of(resource_id: ResourceId) -> str | None:
    """Return the name of the partner that a partner, team, membership or team's grant belongs to."""
    return name_in(resource_id, "partner")


def team_of(resource_id: ResourceId) -> ResourceId | None:
    """Return the id of the team that a team, membership or team's grant belongs to; else None."""
    parts = resource_id.split("/")
    at = _form(parts).names.get("team")
    return None if at is None else f"team/{parts[at - 1]}/{parts[at]}"


def person_of(resource_id: ResourceId) -> str:
    """Return the address of the person in an id: of a membership's, or of the one whom a grant names."""
    return decoded(name_in(resource_id, "person") or "")


def renamed(resource_id: ResourceId, names: Mapping[ResourceId, ResourceId]) -> ResourceId:
    """Return the id after `names` (old id to new id of objects) were renamed.

    A team's old id in `names` has its partner's old name too.
    """
    if resource_id in names:
        return names[resource_id]
    parts = resource_id.split("/")
    for each in _form(parts).parents:
        old = each.id % each.names(parts)
        new = renamed(old, names)
        if new != old:
            parts[each.place] = new.split("/")[1:]
    return "/".join(parts)
