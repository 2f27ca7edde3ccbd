from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PortalError
from reconciler.portals.embedded.id_map import Directory
from reconciler.portals.embedded.schemas import Member, Partner, Team
from tests.portals.embedded.running import (
    ACME,
    ONE_OF_EACH,
    TEAM,
    Running,
    change,
    create,
    delete,
    fields,
    rename,
    running,
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as portal:
        yield portal


def test_a_rename_keeps_everything_below_it(here: Running) -> None:
    here.write(*ONE_OF_EACH)
    ids = {
        item["id"] for path in ("/teams", "/members", "/grants") for item in here.ask("GET", path)["items"]
    }

    live = here.write(
        rename("partner/acme", "partner/globex"),
        rename("team/acme/integration", "team/globex/connect"),
        rename("api-product/shipping-suite", "api-product/parcels"),
        rename("access-group/logistics", "access-group/movers"),
        create("membership/globex/connect/bo@acme.example"),
        *delete(
            "grant/movers/team/globex/connect",
            "access-item/movers/product/parcels",
            "product-item/parcels/rates-v1",
            "membership/globex/connect/bo@acme.example",
        ),
    )

    assert set(live.resources) == {
        "partner/globex",
        "team/globex/connect",
        "membership/globex/connect/ana@acme.example",
        "api-product/parcels",
        "access-group/movers",
        "access-item/movers/api/tracking-v2",
        "grant/movers/developer/sam@indie.example",
    }
    assert {item["id"] for path in ("/teams", "/members") for item in here.ask("GET", path)["items"]} <= ids


def test_a_rename_may_change_fields_too_and_its_old_name_is_free_at_once(here: Running) -> None:
    here.write(ACME)
    renamed = change(
        "partner/globex",
        "update",
        before={"owner": "partnerships"},
        after={"owner": "sales"},
        renamed_from="partner/acme",
    )

    here.write(renamed, ACME, create("team/acme/new"))

    assert fields(here) == {
        "partner/globex": {**(ACME.after or {}), "owner": "sales"},
        "partner/acme": ACME.after,
        "team/acme/new": TEAM.after,
    }


def test_names_that_move_up_take_their_own_teams_along(here: Running) -> None:
    here.write(
        create("partner/a", displayName="A"),
        create("team/a/x", displayName="of A"),
        create("partner/b", displayName="B"),
        create("team/b/x", displayName="of B"),
    )

    here.write(
        rename("partner/b", "partner/c"),
        rename("partner/a", "partner/b"),
        rename("team/a/x", "team/b/y"),
        rename("team/b/x", "team/c/z"),
    )

    assert {i: f["displayName"] for i, f in fields(here).items() if i.startswith("team")} == {
        "team/b/y": "of A",
        "team/c/z": "of B",
    }


def stored_partner(number: int, name: str) -> Partner:
    needed = {"type": "reseller", "status": "active", "displayName": "A", "owner": "o"}
    empty: dict[str, object] = {"domains": [], "agreement": None, "blocked": [], "managedBy": None}
    return msgspec.convert({"id": f"par_{number}", "etag": '"1"', "name": name, **needed, **empty}, Partner)


def person_below(number: int) -> tuple[Team, Member]:
    """Return the one team of a partner, and its one person."""
    team = {
        "id": f"team_{number}",
        "etag": '"1"',
        "partnerId": f"par_{number}",
        "name": "x",
        "displayName": "X",
    }
    member = {"id": f"mem_{number}", "etag": '"1"', "teamId": f"team_{number}", "email": "a@a.example"}
    state = {"role": "member", "until": None, "state": "active", "invitedAt": None}
    return (
        msgspec.convert({**team, "delegated": True, "managedBy": None}, Team),
        msgspec.convert({**member, **state}, Member),
    )


def people_below(numbers: int) -> Directory:
    """Return a directory of partners p0, p1, …, each with one team and one person."""
    below = [person_below(number) for number in range(numbers)]
    return Directory(
        {
            "partner": [stored_partner(number, f"p{number}") for number in range(numbers)],
            "team": [team for team, _ in below],
            "membership": [member for _, member in below],
        }
    )


@given(steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), max_size=12))
def test_law_after_any_renames_what_is_below_is_found_under_the_new_name(
    steps: list[tuple[int, int]],
) -> None:
    directory = people_below(4)
    names = {number: f"p{number}" for number in range(4)}

    for number, new in steps:
        if f"p{new}" not in names.values():
            before = directory.find(f"partner/{names[number]}")
            directory.replace("partner", before, stored_partner(number, f"p{new}"))
            names[number] = f"p{new}"

    assert {
        number: directory.find(f"membership/{name}/x/a@a.example").id for number, name in names.items()
    } == {number: f"mem_{number}" for number in range(4)}


def test_what_was_removed_is_not_found() -> None:
    directory = people_below(1)
    directory.replace("partner", directory.find("partner/p0"), None)

    with pytest.raises(PortalError) as raised:
        directory.find("membership/p0/x/a@a.example")

    assert (raised.value.message, raised.value.hint) == ("partner/p0 is not in the portal", "plan again")
