"""Write a large, realistic, valid repository: 10,000 partners, 500 access groups, always the same bytes."""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SEED: Final = 20261124
PARTNERS: Final = 10_000
GROUPS: Final = 500
APIS: Final = 500
OWNERS: Final = (
    "shipping",
    "tracking",
    "customs",
    "network",
    "finance",
    "warehouse",
    "returns",
    "platform",
    "pricing",
    "fleet",
)
TYPES: Final = {"reseller": 50, "external": 30, "contractor": 8, "subsidiary": 7, "internal": 5}
REGIONS: Final = ("nordics", "dach", "iberia", "benelux", "italy", "poland", "france", "islands")
TRADES: Final = (
    "handel",
    "logistik",
    "market",
    "parcels",
    "robotics",
    "freight",
    "apps",
    "post",
    "stores",
    "labs",
)
PLACES: Final = ("fjord", "delta", "alpen", "costa", "polder", "baltic", "rhein", "loire", "tatra", "humber")
TEAMS: Final = ("integration", "finance", "operations", "web", "mobile", "data", "warehouse", "support")
FIRST: Final = (
    "ingrid",
    "lars",
    "marta",
    "rui",
    "jana",
    "emre",
    "elena",
    "noor",
    "aino",
    "piotr",
    "yusuf",
    "clara",
)
LAST: Final = (
    "solberg",
    "moe",
    "ruiz",
    "vogt",
    "aydin",
    "vega",
    "bakker",
    "laine",
    "lis",
    "kaya",
    "dubois",
    "nowak",
)
LISTED: Final = 0.3
OWN_ACCESS: Final = 0.6
LANGUAGE: Final = "# yaml-language-server: $schema=../schemas/"


def generate(root: Path, partners: int = PARTNERS, staff: int = 0) -> None:
    """Write the whole repository below `root`, which must not contain one.

    With `staff`, every team lists its members: this number of people where members would be delegated.
    """
    chance = random.Random(SEED)  # noqa: S311  the same numbers each time, not secret ones
    _write(root / "reconciler.yaml", _configuration())
    _write(root / "catalog.yaml", _catalog())
    for number in range(GROUPS):
        _write(root / "access-groups" / f"{_group(number)}.yaml", _access_group(number))
    for number in range(partners):
        name = f"{PLACES[number % 10]}{TRADES[number // 10 % 10]}-{number:05}"
        _write(root / "partners" / f"{name}.yaml", "".join(_partner(name, number, chance, staff)))


def generate_small(root: Path) -> None:
    """Write a configuration and a single partner, without access."""
    heads = "apiVersion: reconciler/v1\nkind: "
    _write(
        root / "reconciler.yaml",
        f"{heads}Configuration\nmetadata: {{name: halden-freight}}\nspec:\n  paths: {{partners: [Partner]}}\n"
        "  owners:\n    network: {email: network@halden.example}\n"
        "  portals:\n    local: {type: embedded, database: portal.db}\n",
    )
    _write(
        root / "partners" / "cargolane.yaml",
        f"{heads}Partner\nmetadata: {{name: cargolane}}\nspec:\n  type: external\n  displayName: Cargolane\n"
        "  owner: network\n  domains: [cargolane.example]\n  agreement: CAR-2025-077\n  teams:\n"
        "    - {name: dispatch, admins: [ewa.nowak@cargolane.example]}\n",
    )


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _configuration() -> str:
    owners = "".join(
        f'    {owner}: {{email: {owner}@halden.example, github: "@halden-freight/{owner}"}}\n'
        for owner in OWNERS
    )
    return (
        "apiVersion: reconciler/v1\nkind: Configuration\nmetadata: {name: halden-freight}\nspec:\n  paths:\n"
        "    partners: [Partner]\n    access-groups: [AccessGroup, ApiProduct]\n    catalog.yaml: [Catalog]\n"
        f"  owners:\n{owners}  defaultPortal: local\n"
        "  portals:\n    local: {type: embedded, database: portal.db}\n"
    )


def _owner(number: int) -> str:
    return OWNERS[number % len(OWNERS)]


def _group(number: int) -> str:
    return f"{_owner(number)}-{TRADES[number // len(OWNERS) % 10]}-{number:03}"


def _api(number: int) -> str:
    return f"{_owner(number)}-{TRADES[number // len(OWNERS) % 10]}-{number:03}-v{number % 3 + 1}"


def _catalog() -> str:
    apis = "".join(
        f"    - {{name: {_api(number)}, displayName: API {number}, owner: {_owner(number)}}}\n"
        for number in range(APIS)
    )
    return f"apiVersion: reconciler/v1\nkind: Catalog\nmetadata: {{name: catalog}}\nspec:\n  apis:\n{apis}"


def _access_group(number: int) -> str:
    """Return a group with one API and a product with two; the groups of an owner differ."""
    near = [_api((number + step * len(OWNERS)) % GROUPS) for step in range(3)]
    offers = "".join(f"    - {{type: {kind}, level: consume, maxDays: 36500}}\n" for kind in TYPES)
    return (
        f"{LANGUAGE}access-group.schema.json\napiVersion: reconciler/v1\nkind: AccessGroup\n"
        f"metadata: {{name: {_group(number)}}}\nspec:\n  displayName: Group {number} of {_owner(number)}\n"
        f"  description: What partners of {_owner(number)} need every day\n  owner: {_owner(number)}\n"
        f"  apis: [{near[0]}]\n  products: [{_group(number)}-suite]\n  offers:\n{offers}---\n"
        f"{LANGUAGE}api-product.schema.json\napiVersion: reconciler/v1\nkind: ApiProduct\n"
        f"metadata: {{name: {_group(number)}-suite}}\nspec:\n  displayName: Suite {number}\n"
        f"  owner: {_owner(number)}\n  apis: [{near[1]}, {near[2]}]\n"
    )


def _partner(name: str, number: int, chance: random.Random, staff: int) -> Iterator[str]:
    kind = chance.choices(tuple(TYPES), tuple(TYPES.values()))[0]
    domain = f"{name}.example"
    first_group = chance.randrange(GROUPS)
    yield (
        f"{LANGUAGE}partner.schema.json\n"
        f"# Questions about {name} go to {_owner(first_group)}@halden.example.\n"
        f"apiVersion: reconciler/v1\nkind: Partner\nmetadata:\n  name: {name}\n"
        f"  labels: {{region: {chance.choice(REGIONS)}, tier: {chance.choice(('gold', 'silver'))}}}\n"
        f"  annotations: {{crm/account: HF-{number:06}, erp/debtor: D{number * 7:08}}}\n"
        f"spec:\n  type: {kind}\n  status: {'active' if number % 50 else 'suspended'}\n"
        f"  displayName: {name.title()} GmbH\n  owner: {_owner(first_group)}\n"
        f"  domains: [{domain}, labs.{domain}]\n  agreement: MSA-{2018 + number % 8}-{number:05}\n"
        f"  until: 2034-12-31\n  access: [{entry(first_group)}]\n  teams:\n"
    )
    for place, team in enumerate(chance.sample(TEAMS, chance.choice((1, 1, 2, 2, 3)))):
        yield from _team(team, domain, first_group + len(OWNERS) * 3 * (place + 1), chance, staff)


def _team(team: str, domain: str, group: int, chance: random.Random, staff: int) -> Iterator[str]:
    people = [
        f"{first}.{last}@{domain}"
        for first, last in zip(chance.sample(FIRST, 6), chance.sample(LAST, 6), strict=True)
    ]
    yield f"    - name: {team}\n      displayName: The {team} team\n      admins:\n"
    yield from (f"        - {person}\n" for person in people[: chance.choice((1, 1, 2))])
    if chance.random() < LISTED:
        yield "      members:\n"
        yield from (f"        - {person}\n" for person in people[2 : chance.choice((4, 5, 6))])
        yield f"        - {{email: guest.{people[0]}, until: 2033-06-30}}\n"
    elif staff:
        yield "      members:\n"
        yield from (f"        - {team}-{each}@{domain}\n" for each in range(staff))
    else:
        yield "      members: delegated\n"
    if chance.random() < OWN_ACCESS:
        yield f"      access:\n        - {entry(group)}\n"


def entry(group: int) -> str:
    """Return an entry of `access`; an owner's groups are ten apart, so internal teams keep to one owner."""
    reason = f"agreed with the owners in {_owner(group)} (API-{4000 + group})"
    return f"{{group: {_group(group % GROUPS)}, until: 2031-12-31, reason: {reason}}}"


def main() -> None:
    """Write it to the folder of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--partners", type=int, default=PARTNERS)
    arguments = parser.parse_args()
    generate(arguments.folder, arguments.partners)


if __name__ == "__main__":
    main()
