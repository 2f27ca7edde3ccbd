"""Generate small random desired states; their names overlap, so that plans between them have all actions."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Final

from reconciler.model.ids import name_of
from reconciler.model.kinds import has_owner_label, renamed
from reconciler.model.resource import Desired, Resource, ResourceId
from reconciler.testing.harness import SCOPE, asking

APIS: Final = ("tracking", "rates", "labels")
PEOPLE: Final = ("ana@acme.example", "bo@acme.example", "cy@bolt.example")
_GROUPS: Final = ("gold", "silver")
_PRODUCTS: Final = ("suite", "trial")
_RENAMES: Final[tuple[Mapping[ResourceId, ResourceId], ...]] = (
    {},
    {},
    {},
    {"partner/acme": "partner/apex"},
    {"team/acme/ops": "team/acme/dev", "team/acme/dev": "team/acme/web"},
    {"partner/acme": "partner/bolt", "partner/bolt": "partner/core"},
    {"access-group/gold": "access-group/silver", "access-group/silver": "access-group/tin"},
    {"api-product/suite": "api-product/parcels", "partner/bolt": "partner/core"},
)


_CONFIGURATION: Final = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {{name: {name}}}
spec:
  paths: {{partners: [Partner]}}
  guard:
    deletions: {{count: {count}, percent: {percent}}}
    peopleLosing: {{count: {count}, percent: {percent}}}
"""


def configured(random: Random) -> str:
    """Return the text of a configuration file with a strict or lenient guard."""
    count, percent = random.choice(((0, 0), (1, 10), (5, 10), (99, 99)))
    return _CONFIGURATION.format(name=SCOPE, count=count, percent=percent)


def world(random: Random, today: str) -> Desired:
    """Return a desired state, in which some objects can have former names."""
    names = random.choice(_RENAMES)
    found: dict[ResourceId, dict[str, Any]] = {}
    for fill in (_partners, _products, _groups):
        found.update(fill(random))
    _grants(random, found)
    resources = [
        Resource(renamed(each, names), fields, SCOPE if has_owner_label(each) else None)
        for each, fields in found.items()
    ]
    ids = {each.id for each in resources}
    renames = {new: old for old, new in names.items() if new in ids}
    return asking(*resources, renames=renames, today=today)


def _partners(random: Random) -> Iterator[tuple[ResourceId, dict[str, Any]]]:
    for partner in _some(random, ("acme", "bolt"), 0.8):
        fields: dict[str, Any] = {
            "type": "reseller",
            "status": "active",
            "owner": "partnerships",
            **_called(random),
        }
        if random.random() < 0.5:  # noqa: PLR2004  half of them
            fields["domains"] = [f"{partner}.example"]
        yield f"partner/{partner}", fields
        for team in _some(random, ("ops", "dev"), 0.7):
            delegated = random.random() < 0.5  # noqa: PLR2004  half of them
            yield f"team/{partner}/{team}", {"delegated": delegated, **_called(random)}
            for person in _some(random, PEOPLE, 0.6):
                role = "admin" if delegated else random.choice(("admin", "member"))
                yield f"membership/{partner}/{team}/{person}", {"role": role, **_until(random)}


def _products(random: Random) -> Iterator[tuple[ResourceId, dict[str, Any]]]:
    for product in _some(random, _PRODUCTS, 0.6):
        visibility = random.choice(("restricted", "organization"))
        yield f"api-product/{product}", {"owner": "logistics", "visibility": visibility, **_called(random)}
        for api in _some(random, APIS, 0.5):
            yield f"product-item/{product}/{api}", {}


def _groups(random: Random) -> Iterator[tuple[ResourceId, dict[str, Any]]]:
    for group in _some(random, _GROUPS, 0.8):
        yield f"access-group/{group}", {"owner": "logistics", **_called(random)}
        for api in _some(random, APIS, 0.5):
            yield f"access-item/{group}/api/{api}", {}


def _grants(random: Random, found: dict[ResourceId, dict[str, Any]]) -> None:
    """Add memberships, items and grants."""
    groups = [name_of(each) for each in found if each.startswith("access-group/")]
    holders = [each for each in found if each.startswith("team/")] + ["developer/sam@indie.example"]
    products = [each.removeprefix("api-") for each in found if each.startswith("api-product/")]
    for group in groups:
        for product in _some(random, products, 0.5):
            found[f"access-item/{group}/{product}"] = {}
        for holder in _some(random, holders, 0.5):
            found[f"grant/{group}/{holder}"] = {
                "level": random.choice(("view", "consume")),
                **_until(random),
            }


def _some(random: Random, names: "tuple[str, ...] | list[str]", share: float) -> list[str]:
    return [name for name in names if random.random() < share]


def _called(random: Random) -> dict[str, str]:
    return {"displayName": random.choice(("One", "Two", "Three"))}


def _until(random: Random) -> dict[str, str]:
    return random.choice(({}, {}, {"until": "2027-01-31"}))
