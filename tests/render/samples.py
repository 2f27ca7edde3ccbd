"""Parts of plans that tests of comments are about, shorter than files that would lead to them."""

from reconciler.model.access import AccessChange, Impact
from reconciler.model.plan import Change, Plan, Summary
from tests.render.plans import bare


def change(resource_id: str, action: str = "create", **more: object) -> Change:
    return Change(id=resource_id, kind=resource_id.partition("/")[0], action=action, **more)  # type: ignore[arg-type]


def gain(api: str, *people: str) -> AccessChange:
    return AccessChange(api, "none", "consume", "p/t", people, ("access-group/g",), None)


def loss(api: str, *people: str) -> AccessChange:
    return AccessChange(api, "consume", "none", "p/t", people, ("access-group/g",), None)


def big(number: int, action: str) -> Plan:
    """Return a plan about many people of a partner, which is new where they are created."""
    members = tuple(change(f"membership/p/t/person{each}@p.example", action) for each in range(number))
    changes = (change("partner/p", after={}), *members) if action == "create" else members
    rows = tuple(
        AccessChange(f"api-{each}", "none", "view", f"p/t{each}", (), (), None) for each in range(number)
    )
    return bare(changes=changes, access=Impact(rows, ()), summary=Summary(create=number))
