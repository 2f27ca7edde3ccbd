"""Random files, branches of them, and portals that hold what files define or something similar."""

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import Any, Final

import msgspec
import yaml

from reconciler.desired import build_desired_state
from reconciler.model.document import Document, Visibility
from reconciler.model.kinds import kind_row, parents
from reconciler.model.kinds import renamed as after_rename
from reconciler.model.portal_names import PortalNames, external_names, names_for
from reconciler.model.portal_scope import for_portal
from reconciler.model.resource import Live, OfferedApi, Resource
from reconciler.model.rule import file_errors
from reconciler.policy import RuleContext, judge
from tests.builders import catalog, configuration, document, group, partner, people, product, repository, team
from tests.states import TODAY, accepted, member

ANA, BO, CY, DEE = "ana@acme.example", "bo@acme.example", "cy@bolt.example", "dee@core.example"
PEOPLE: Final = (ANA, BO, CY, DEE)
LOCKED: Final = ("fay@acme.example", "gus@acme.example")
RARE, OFTEN, MOSTLY = 0.1, 0.3, 0.8
PARTNERS: Final = ("acme", "bolt", "core")
GROUPS: Final = ("gold", "silver", "tin")
PRODUCTS: Final = ("suite", "trial")
APIS: Final = ("cards", "labels", "rates")
INVITED: Final = (None, "2026-11-20T08:00:00Z", "2026-11-24T08:00:00Z")
# Another configuration manages it.
EXTERNAL: Final = "dune"
EXTERNAL_TEAMS: Final = ("ops", "web")
SETTINGS: Final[Mapping[str, Any]] = {
    "guard": {"deletions": {"count": 1, "percent": 20}, "peopleLosing": {"count": 0, "percent": 30}},
    "sources": {"directory": {"type": "scim", "url": "https://scim.example", "token": {"env": "SCIM"}}},
    "external": {"partners": [EXTERNAL]},
    "portals": {
        "local": {"type": "embedded", "database": "portal.db"},
        "other": {"type": "embedded", "database": "other.db"},
    },
}
CONFIGURATION: Final = configuration(**SETTINGS)


def chosen(random: Random, names: Sequence[str], most: int = 3) -> list[str]:
    """Return some of these names."""
    return random.sample(names, random.randint(0, min(most, len(names))))


def days(random: Random) -> dict[str, str]:
    return random.choice(({}, {}, {"until": "2026-11-23"}, {"until": "2027-01-31"}))


def some_metadata(random: Random, name: str, absent: list[str]) -> dict[str, Any]:
    """Return the metadata of an object that may have other names, and be for some portals only."""
    found: dict[str, Any] = {}
    if random.random() < OFTEN:
        found["previously"] = random.choice([f"{name}-old", *absent])
    if random.random() < RARE:
        found["externalName"] = random.choice(
            [f"{name.upper()}.Ltd", {"local": f"{name}-x"}, {"other": "x"}, *absent]
        )
    if random.random() < RARE / 2:
        found["portals"] = random.choice((["local"], ["other"], ["local", "other"]))
    return found


def some_partner(random: Random, name: str, groups: list[str], absent: list[str]) -> Document:
    """Return any partner, which may have a former name or a team of another partner."""
    of_whole = chosen(random, groups, 1)
    rest = [each for each in groups if each not in of_whole]
    teams, listed = [], set[str]()
    for number, title in enumerate(("ops", "dev")[: random.randint(1, 2)]):
        admin, *others = random.sample(PEOPLE, random.randint(1, 3))
        listed.update((admin, *others))
        members = [{"email": each, **days(random)} for each in others]
        access = [
            {"group": each, "level": random.choice(("view", "consume")), **days(random)}
            for each in chosen(random, rest, 2)
        ]
        more: dict[str, Any] = {"access": access}
        former = random.choice((None, None, None, None, "web", f"{random.choice(['apex', *absent])}/web"))
        if title == "dev" and former:
            more["previously"] = former
        if random.random() < RARE:
            more["status"] = "ended"
        given = random.choice(("delegated", members, {"from": "directory", "group": f"g{number}"}))
        teams.append(team(title, admin, members=given, **more))
    spec: dict[str, Any] = {"access": of_whole, **days(random)}
    spec["type"] = random.choice(("reseller", "reseller", "external", "internal"))
    spec["status"] = random.choice(("active", "active", "active", "suspended", "ended"))
    spec["blocked"] = chosen(random, [each for each in PEOPLE if each not in listed], 1)
    spec["domains"] = random.choice((None, None, [f"{name}.example"]))
    return partner(name, *teams, metadata=some_metadata(random, name, absent), **spec)


def some_group(
    random: Random, name: str, partners: list[str], products: list[str], absent: list[str]
) -> Document:
    """Return any group; the grants of partners' files are for others than those of groups' files."""
    grants: list[dict[str, Any]] = []
    if name == "tin":
        grants += [
            {"team": f"{each}/ops", "level": "view", **days(random)} for each in chosen(random, partners, 2)
        ]
    grants += [{"developer": each, **days(random)} for each in chosen(random, [ANA, DEE], 1)]
    if random.random() < OFTEN:
        grants.append({"team": f"{EXTERNAL}/{random.choice(EXTERNAL_TEAMS)}", **days(random)})
    return group(
        name,
        apis=random.sample(APIS, random.randint(1, 2)),
        products=chosen(random, products, 1),
        grants=grants,
        offers=[{"type": each} for each in ("reseller", "external", "internal")],
        metadata=some_metadata(random, name, absent),
        **random.choice(({}, {}, {"unmanagedGrants": "remove"})),
    )


def some_product(random: Random, name: str, absent: list[str]) -> Document:
    owner = random.choice(("logistics", "payments"))
    metadata = some_metadata(random, name, absent)
    return product(name, apis=random.sample(APIS, random.randint(1, 2)), owner=owner, metadata=metadata)


def some_catalog(random: Random) -> Document:
    return catalog(
        *(
            {
                "name": each,
                "owner": random.choice(("logistics", "logistics", "payments")),
                **random.choice(({}, {}, {"visibility": "organization"}, {"bundledBy": ["logistics"]})),
            }
            for each in (*APIS, *random.choice(((), ("extra",))))
        )
    )


def lock(random: Random) -> Document:
    """Return people.lock with rows of some teams, some of which have former addresses."""
    rows = [
        random.choice(
            (
                {"id": each, "email": each},
                {"id": each, "email": f"old-{each}"},
                {"id": each, "email": each, "previously": [f"old-{each}"]},
            )
        )
        for each in chosen(random, LOCKED)
    ]
    teams = (f"{name}/{title}" for name in PARTNERS[:2] for title in ("ops", "dev"))
    return people({each: {"members": rows} for each in teams})


def files(random: Random) -> dict[str, Document]:
    """Return any files."""
    kinds = (PARTNERS, GROUPS, PRODUCTS)
    named = [[each for each in names if random.random() < MOSTLY] for names in kinds]
    absent = [
        [each for each in names if each not in found] for names, found in zip(kinds, named, strict=True)
    ]
    partners, groups, products = named
    given = [each for each in groups if each != "tin"]
    return {
        **{f"partner/{each}": some_partner(random, each, given, absent[0]) for each in partners},
        **{f"group/{each}": some_group(random, each, partners, products, absent[1]) for each in groups},
        **{f"product/{each}": some_product(random, each, absent[2]) for each in products},
        **({"catalog": some_catalog(random)} if random.random() < MOSTLY else {}),
        "lock": lock(random),
    }


def edited(random: Random, before: Mapping[str, Document]) -> dict[str, Document]:
    """Return files of which a few documents are others, new, gone, renamed or moved."""
    edit = random.choice((replaced, replaced, renamed, swapped, moved))
    return edit(random, before)


def replaced(random: Random, before: Mapping[str, Document]) -> dict[str, Document]:
    others = files(random)
    changed = random.sample(sorted({*before, *others}), random.randint(0, 3))
    merged = {**before, **{each: others[each] for each in changed if each in others}}
    return {name: each for name, each in merged.items() if name in others or name not in changed}


def renamed(random: Random, before: Mapping[str, Document]) -> dict[str, Document]:
    """Give an object another name everywhere; a new one may have the old name."""
    objects = _objects(before)
    if not objects:
        return {**before}
    old = random.choice(objects)
    kind, name = old.split("/")
    free = [each for each in (*PARTNERS, *GROUPS, *PRODUCTS, f"{name}-new") if f"{kind}/{each}" not in before]
    new = random.choice(free)
    found = {each: _with_names(known, {name: new}) for each, known in before.items() if each != old}
    metadata = {"name": new, "previously": name}
    found[f"{kind}/{new}"] = _changed(_with_names(before[old], {name: new}), metadata=metadata)
    if random.random() < OFTEN:
        found[old] = before[old]
    return found


def swapped(random: Random, before: Mapping[str, Document]) -> dict[str, Document]:
    """Let two objects of a kind exchange their names, which each of them may say."""
    kind = random.choice(("partner/", "group/", "product/"))
    objects = [each for each in _objects(before) if each.startswith(kind)]
    if not objects[1:]:
        return {**before}
    pair = random.sample(objects, 2)
    found = {**before}
    for own, other in (pair, pair[::-1]):
        name, former = (each.split("/")[1] for each in (own, other))
        more = random.choice(({}, {"previously": former}))
        found[own] = _changed(before[other], metadata={"name": name, **more})
    return found


def moved(random: Random, before: Mapping[str, Document]) -> dict[str, Document]:
    """Move a team to another partner, or limit an object to other portals."""
    objects = _objects(before)
    partners = [each for each in objects if each.startswith("partner/")]
    if not partners[1:] or random.random() < OFTEN:
        portals = {"portals": random.choice((["local"], ["other"]))}
        limited = chosen(random, objects, 1)
        return {**before, **{each: _changed(before[each], metadata=portals) for each in limited}}
    old, new = random.sample(partners, 2)
    *left, taken = before[old].data["spec"]["teams"]
    own = before[new].data["spec"]["teams"]
    former = f"{old.split('/')[1]}/{taken['name']}"
    joined = [*own, {**taken, "name": random.choice((taken["name"], "moved")), "previously": former}]
    return {
        **before,
        old: _changed(before[old], spec={"teams": left}),
        new: _changed(before[new], spec={"teams": joined}),
    }


def _objects(found: Mapping[str, Document]) -> list[str]:
    return sorted(each for each in found if "/" in each)


def _changed(known: Document, **parts: dict[str, Any]) -> Document:
    """Return a document with other values in its parts, in the file that belongs to its name."""
    data = {**known.data, **{part: {**known.data[part], **each} for part, each in parts.items()}}
    return document(
        yaml.safe_dump(data), f"{known.file.rpartition('/')[0] or '.'}/{data['metadata']['name']}.yaml"
    )


def _with_names(known: Document, names: Mapping[str, str]) -> Document:
    """Return a document that refers to objects by their new names."""
    data = _renamed(known.data, names)
    return known if data == known.data else document(yaml.safe_dump(data), known.file)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {_renamed(key, names): _renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    if isinstance(value, str):
        first, slash, rest = value.partition("/")
        return f"{names.get(first, first)}{slash}{rest}"
    return value


def is_correct(documents: Collection[Document]) -> bool:
    """Return whether files have no errors, so that they can be planned."""
    if any(each.body is None for each in documents):
        return False
    return not file_errors(judge(RuleContext(repository(*documents, configured=CONFIGURATION), TODAY)))


def portal(random: Random, documents: Collection[Document]) -> Live:
    """Return what a portal holds: what files define, but for what others have done there."""
    files_there = for_portal(repository(*documents, configured=CONFIGURATION), "local")
    desired = build_desired_state(files_there, TODAY)
    # Some objects still have a former name.
    formers = {
        own: former
        for own, [[former, *_], *_] in desired.renames.items()
        if former not in desired.resources and random.random() < OFTEN
    }
    defined = (
        msgspec.structs.replace(accepted(each), id=after_rename(each.id, formers))
        for each in desired.resources.values()
    )
    added = [member(each, f"{random.choice(PARTNERS)}/ops") for each in chosen(random, PEOPLE)]
    theirs = some_external(random) if random.random() < MOSTLY else []
    held: dict[str, Resource] = {}
    for each in sorted((*defined, *added, *theirs), key=lambda each: kind_row(each.kind).rank):
        found, chance = each, random.random()
        if chance < RARE and each.owner_label:
            found = msgspec.structs.replace(each, owner_label=random.choice((None, "another")))
        elif chance < OFTEN and each.kind == "membership":
            state, sent = random.choice(("invited", "expired", "declined")), random.choice(INVITED)
            found = msgspec.structs.replace(each, state=state, invited_at=sent)
        elif chance < OFTEN and each.kind == "grant":
            found = msgspec.structs.replace(each, fields={**each.fields, "level": "view"})
        if chance < 1 - RARE / 2 and all(above in held for above in parents(each.id)):
            held[each.id] = found
    names = PortalNames(names_for("local", external_names(files_there.documents)))
    resources = {names.theirs(each): held[each] for each in held}
    visibilities: tuple[Visibility, ...] = ("restricted", "restricted", "organization")
    return Live(
        "portal-1",
        {each: msgspec.structs.replace(found, id=each) for each, found in resources.items()},
        {each: OfferedApi(each, random.choice(visibilities), "logistics") for each in APIS},
    )


def some_external(random: Random) -> list[Resource]:
    """Return the partner that another configuration manages, with teams, people and grants."""
    fields = {"type": "external", "status": "active", "displayName": "Dune", "owner": "sales"}
    teams = EXTERNAL_TEAMS[: random.randint(1, 2)]
    return [
        Resource(f"partner/{EXTERNAL}", fields, "another"),
        *(
            Resource(f"team/{EXTERNAL}/{each}", {"displayName": each, "delegated": True}, "another")
            for each in teams
        ),
        *(member(each, f"{EXTERNAL}/{title}") for title in teams for each in chosen(random, PEOPLE, 2)),
        *(
            Resource(f"grant/{each}/team/{EXTERNAL}/ops", {"level": "consume"})
            for each in chosen(random, GROUPS, 1)
        ),
    ]


def as_in_files(held: Live, documents: Collection[Document]) -> Live:
    """Return what a portal holds with the names that objects have in files."""
    files_there = for_portal(repository(*documents, configured=CONFIGURATION), "local")
    names = PortalNames(names_for("local", external_names(files_there.documents)))
    ours = ((names.ours(each), found) for each, found in held.resources.items())
    resources = {each: msgspec.structs.replace(found, id=each) for each, found in ours}
    return msgspec.structs.replace(held, resources=resources)
