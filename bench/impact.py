"""Measure the access impact of a large plan: 100,000 memberships, 1,500 teams, 2,000 grants, 500 APIs.

Prints CPU seconds of one run, and the time to compare the two states field by field, so that the ratio is
valid for other machines. Run it with `python -m bench.impact`.
"""

import gc
import random
import resource
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from reconciler.access import impact, people, report
from reconciler.model.access import AccessFilter
from reconciler.model.graph.delta import Delta
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.plan import Change
from reconciler.model.resource import Live, OfferedApi, Resource

TODAY: Final = "2026-11-24"
TEAMS, MEMBERSHIPS, GRANTS, GROUPS, PRODUCTS, APIS = 1_500, 100_000, 2_000, 300, 100, 500
Result = TypeVar("Result")


def world(seed: int = 1) -> Live:  # noqa: C901  a portal has many kinds of objects
    """Return a portal of that size: large and small teams, people in several teams, a tenth with an end."""
    chance = random.Random(seed)  # noqa: S311  not a secret
    resources: dict[str, Resource] = {}

    def put(resource_id: str, **fields: Any) -> None:
        state = "active" if resource_id.startswith("membership/") else None
        resources[resource_id] = Resource(resource_id, fields, state=state)

    teams = [f"p{number // 3}/t{number % 3}" for number in range(TEAMS)]
    apis = [f"api-{number}" for number in range(APIS)]
    addresses = [f"person{number}@p{number % 500}.example" for number in range(66_000)]
    for number in range(TEAMS // 3):
        put(f"partner/p{number}", status="active", blocked=[])
    for team in teams:
        put(f"team/{team}", delegated=True)
    while len(resources) < TEAMS // 3 + TEAMS + MEMBERSHIPS:
        team = teams[int(TEAMS * chance.random() ** 2)]
        until = {"until": f"2027-0{chance.randint(1, 9)}-01"} if chance.random() < 0.1 else {}  # noqa: PLR2004  a tenth
        put(f"membership/{team}/{chance.choice(addresses)}", role="member", **until)
    for number in range(PRODUCTS):
        for api in chance.sample(apis, chance.randint(2, 20)):
            put(f"product-item/s{number}/{api}")
    for number in range(GROUPS):
        for api in chance.sample(apis, chance.randint(0, 6)):
            put(f"access-item/g{number}/api/{api}")
        for product in chance.sample(range(PRODUCTS), chance.randint(0, 2)):
            put(f"access-item/g{number}/product/s{product}")
    given = len(resources) + GRANTS
    while len(resources) < given:
        level = chance.choice(["view", "consume", "consume"])
        put(f"grant/g{chance.randrange(GROUPS)}/team/{chance.choice(teams)}", level=level)
    return Live("portal", resources, {api: OfferedApi(api, "restricted") for api in apis})


def deletion(resource_id: str) -> Change:
    """Return the deletion of a resource."""
    return Change(id=resource_id, kind=resource_id.partition("/")[0], action="delete", before={})


def timed(name: str, act: Callable[[], Result]) -> Result:
    """Run, print CPU seconds, and return the result."""
    started = time.process_time()
    result = act()
    print(f"{time.process_time() - started:8.3f}  {name}")
    return result


def main() -> None:
    """Measure."""
    gc.disable()
    live = world()
    grants = sorted(each for each in live.resources if each.startswith("grant/"))
    twin = {each: Resource(each, dict(held.fields)) for each, held in live.resources.items()}
    print(f"{len(live.resources):,} resources\n   CPU s")
    timed("compare two equal states", lambda: [h.fields == twin[e].fields for e, h in live.resources.items()])
    one_goes, all_go = (
        Delta(live.resources, [deletion(each) for each in some]) for some in (grants[1:2], grants)
    )
    one = timed("delete one grant, with index", lambda: impact(one_goes, TODAY))
    every = timed(f"delete all {GRANTS:,} grants", lambda: impact(all_go, TODAY))
    selected = timed(
        "people with access to one API",
        lambda: report(
            Reach(gather(live.resources.values()), TODAY),
            live.apis,
            source="portal",
            keep=AccessFilter(api="api-7"),
        ),
    )
    timed(
        "people with any access",
        lambda: report(Reach(gather(live.resources.values()), TODAY), live.apis, source="portal"),
    )
    print(
        f"\n{people(one.lost):,} people lose access by the first, {people(every.lost):,} by the second; "
        f"{len(selected.rows):,} rows for one API; "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB at most"
    )


if __name__ == "__main__":
    main()
