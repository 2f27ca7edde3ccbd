"""The table of resource kinds (KINDS), which all generic code uses.

A row has the forms of the ids of its kind. They define the meaning of the names in an id (partner, team,
person …) and its parents; children, owners, renames and sections are derived from them.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import msgspec

from reconciler.model.document import Level, PartnerType, Visibility
from reconciler.model.ids import ResourceId, decoded, encoded, kind_of
from reconciler.model.timestamps import Day

_Parents: TypeAlias = Callable[[list[str]], tuple[ResourceId, ...]]


class _Reference(NamedTuple):
    """A reference from an id to another object: the other id, and the place of its names in this one."""

    id: Callable[[list[str]], ResourceId]
    place: slice


class Form(msgspec.Struct, frozen=True):
    """One form of a kind's ids.

    `names` are the indexes of the names in an id split at slashes; at index `place`, it has the fixed `word`.
    `section` is the object under which lists show it. `noun` is the word for this form if it differs from
    that of the kind. `label` is its name in its section, `title` its name elsewhere. `parents_of` returns
    the ids of the parents.
    """

    size: int
    names: Mapping[str, int]
    place: int
    word: str
    parents: tuple[_Reference, ...]
    parents_of: _Parents
    section: _Reference
    label: str
    title: str
    noun: str

    def fits(self, parts: list[str]) -> bool:
        """Return whether an id that was split at slashes has this form."""
        return len(parts) == self.size and parts[self.place] == self.word


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of resource.

    `noun` and `plural` are its names in text, `short` its name in lists. `rank` orders changes: kinds with
    the lowest rank are created first and deleted last. `edge`: it is an edge in the graph of access.
    `owner_label`: it has an owner label itself; otherwise it belongs to the owner of its first parent, and
    only an object without parents has a label.
    `fields` are the managed fields with their types; `headline` are those that lists show for a new object.
    `section` orders the sections of this kind.
    """

    name: str
    noun: str
    plural: str
    short: str = ""
    rank: int
    forms: tuple[Form, ...]
    fields: Mapping[str, Any] = {}
    headline: tuple[str, ...] = ("displayName",)
    edge: bool = False
    owner_label: bool = False
    renameable: bool = False
    movable: bool = False
    section: int = 99

    @property
    def is_grant(self) -> bool:
        """True if the kind gives a level of access."""
        return self.edge and "level" in self.fields


def form(template: str, *parents: str, label: str = "", title: str = "", noun: str = "") -> Form:
    """Build the form of ids from templates like `grant/{group}/developer/{person}` of id and parents."""
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
        parents_of=_parents_of(above),
        section=_reference("partner/{partner}" if "partner" in names else (*parents, template)[0], parts),
        label=label or parts[-1],
        title=title or "/".join(parts[at] for at in names.values()),
        noun=noun,
    )


def _reference(template: str, parts: list[str]) -> _Reference:
    """Return the reference; ids of almost all kinds have one or two names, which are joined faster."""
    kind, *names = template.split("/")
    start = parts.index(names[0])
    place, following = slice(start, start + len(names)), start + 1
    if len(names) == 1:
        return _Reference(lambda own: f"{kind}/{own[start]}", place)
    if len(names) == len(("partner", "team")):
        return _Reference(lambda own: f"{kind}/{own[start]}/{own[following]}", place)
    return _Reference(lambda own: "/".join((kind, *own[place])), place)


def _parents_of(references: tuple[_Reference, ...]) -> _Parents:
    """Return the function for the parents of an id; it is called for each id of a portal."""
    if not references:
        return lambda _: ()
    first, *others = [each.id for each in references]
    if not others:
        return lambda parts: (first(parts),)
    return lambda parts: (first(parts), *[each(parts) for each in others])


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
        Kind(
            name="api-grant",
            noun="API grant",
            plural="API grants",
            short="grant",
            rank=80,
            forms=(
                form(
                    "api-grant/{api}/team/{partner}/{team}",
                    _TEAM,
                    label="→ {api}",
                    title="{partner}/{team} → {api}",
                ),
                form("api-grant/{api}/developer/{person}", title="{person} → {api}"),
            ),
            fields={"level": Level, "until": Day},
            headline=("level", "until"),
            edge=True,
        ),
    )
}


# The names in ids that are those of objects, with the kind and the number of names in its id.
_OBJECTS: Final = (
    ("partner", "partner", 1),
    ("team", "team", 2),
    ("product", "api-product", 1),
    ("group", "access-group", 1),
)


def kind_row(name: str) -> Kind:
    """Return the row of a kind; for an unknown kind, a row with only its name."""
    return KINDS.get(name) or _unknown_kind(name)


@lru_cache(maxsize=16)
def _unknown_kind(name: str) -> Kind:
    return Kind(name=name, noun=name, plural=name, rank=0, forms=(form(f"{name}/{{name}}"),))


def _form(parts: list[str]) -> Form:
    """Return the form of an id that was split at slashes."""
    forms = (KINDS.get(parts[0]) or kind_row(parts[0])).forms
    if len(forms) > 1:
        for each in forms:
            if parts[each.place] == each.word:
                return each
    return forms[0]


def is_id(text: str, kind: str | None = None) -> bool:
    """Return whether a text is a valid id of this kind, or of any known kind if None."""
    parts = text.split("/")
    known = KINDS.get(parts[0])
    return (
        known is not None
        and kind in {None, known.name}
        and any(each.fits(parts) for each in known.forms)
        and all(part and encoded(decoded(part)) == part for part in parts)
    )


def parents(resource_id: ResourceId) -> tuple[ResourceId, ...]:
    """Return the ids of the parents that must exist; the owner of the first one also owns this id."""
    parts = resource_id.split("/")
    return _form(parts).parents_of(parts)


def section_of(resource_id: ResourceId) -> ResourceId:
    """Return the section of a resource in lists: its partner, the object that it belongs to, or itself."""
    parts = resource_id.split("/")
    return _form(parts).section.id(parts)


def name_in(resource_id: ResourceId, what: str) -> str | None:
    """Return the encoded partner, team, person, group, product or API in an id, or None."""
    parts = resource_id.split("/")
    at = _form(parts).names.get(what)
    return None if at is None else parts[at]


def objects_in(resource_id: ResourceId) -> list[tuple[int, ResourceId]]:
    """Return the objects that an id names, parents first: the place of each name, and the object's id."""
    parts = resource_id.split("/")
    names = _form(parts).names
    return [
        (names[what], "/".join([kind, *parts[names[what] + 1 - size : names[what] + 1]]))
        for what, kind, size in _OBJECTS
        if what in names
    ]


def noun_of(resource_id: ResourceId) -> str:
    """Return the short noun for a resource: what it is called in a list of its section."""
    parts = resource_id.split("/")
    kind = kind_row(parts[0])
    return _form(parts).noun or kind.short or kind.noun


def label_of(resource_id: ResourceId) -> str:
    """Return the name of a resource in its section, such as `→ logistics` for a team's grant."""
    return _filled(resource_id, _form(resource_id.split("/")).label, person_of(resource_id))


def title_of(resource_id: ResourceId) -> str:
    """Return the whole name of a resource, such as `acme/ops → logistics` for a team's grant."""
    return _filled(resource_id, _form(resource_id.split("/")).title)


def _filled(resource_id: ResourceId, template: str, person: str = "") -> str:
    parts = resource_id.split("/")
    names = {name: parts[at] for name, at in _form(parts).names.items()}
    return template.format_map({**names, "person": person} if person else names)


def has_owner_label(resource_id: ResourceId) -> bool:
    """Return whether an object has an owner label itself: by its kind, or because it has no parent."""
    labelled = _labelled(kind_of(resource_id))
    return not _form(resource_id.split("/")).parents if labelled is None else labelled


@lru_cache(maxsize=16)
def _labelled(kind: str) -> bool | None:
    """Return whether objects of a kind have an owner label themselves, or None if their form decides."""
    row = kind_row(kind)
    without_parents = [not each.parents for each in row.forms]
    if row.owner_label or all(without_parents):
        return True
    return None if any(without_parents) else False


def partner_of(resource_id: ResourceId) -> str | None:
    """Return the partner in the id of a partner, team, membership or grant to a team, or None."""
    return name_in(resource_id, "partner")


def team_of(resource_id: ResourceId) -> ResourceId | None:
    """Return the team id from the id of a team, membership or grant to a team, or None."""
    parts = resource_id.split("/")
    at = _form(parts).names.get("team")
    return None if at is None else f"team/{parts[at - 1]}/{parts[at]}"


def person_of(resource_id: ResourceId) -> str:
    """Return the address of the person in the id of a membership or of a grant to a person."""
    return decoded(name_in(resource_id, "person") or "")


def renamed(resource_id: ResourceId, names: Mapping[ResourceId, ResourceId]) -> ResourceId:
    """Return the id after the renames `names` (old id to new id).

    The old id of a team in `names` also has the old name of its partner.
    """
    if resource_id in names:
        return names[resource_id]
    parts = resource_id.split("/")
    for each in _form(parts).parents:
        old = each.id(parts)
        new = renamed(old, names)
        if new != old:
            parts[each.place] = new.split("/")[1:]
    return "/".join(parts)
