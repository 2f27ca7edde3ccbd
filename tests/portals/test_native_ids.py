import pytest

from reconciler.errors import PortalError
from reconciler.model.plan import Change
from reconciler.portals.native_ids import NativeIds

READ = {
    "partner/acme": "p1",
    "team/acme/ops": "t1",
    "team/acme/dev": "t2",
    "membership/acme/ops/ana@acme.example": "t1/u1",
    "api/tracking": "a1",
}
PARTNER = Change(
    id="partner/apex", kind="partner", action="update", renamed_from="partner/acme", before={}, after={}
)
TEAM = Change(
    id="team/apex/platform", kind="team", action="update", renamed_from="team/acme/ops", before={}, after={}
)


def test_what_is_below_a_renamed_object_is_found_under_its_new_id() -> None:
    ids = NativeIds(READ)
    ids.record(PARTNER, None)

    assert [ids.get(each) for each in ("partner/apex", "team/apex/ops", "team/apex/dev", "api/tracking")] == [
        "p1",
        "t1",
        "t2",
        "a1",
    ]
    assert ids["membership/apex/ops/ana@acme.example"] == "t1/u1"
    assert ids.get("team/acme/ops") is None


@pytest.mark.parametrize("changes", [(PARTNER, TEAM), (TEAM, PARTNER)])
def test_a_team_is_renamed_with_its_partner_in_any_order(changes: tuple[Change, ...]) -> None:
    ids = NativeIds(READ)
    for change in changes:
        assert ids.of(change) == READ[str(change.renamed_from)]
        ids.record(change, None)

    assert [ids[each] for each in ("partner/apex", "team/apex/platform", "team/apex/dev")] == [
        "p1",
        "t1",
        "t2",
    ]
    assert ids["membership/apex/platform/ana@acme.example"] == "t1/u1"


def test_what_is_new_is_found_and_what_was_deleted_is_not() -> None:
    ids = NativeIds(READ)
    ids.record(Change(id="team/acme/new", kind="team", action="create", after={}), "t3")
    ids.record(Change(id="team/acme/dev", kind="team", action="delete", before={}), None)

    assert ids["team/acme/new"] == "t3"
    with pytest.raises(PortalError) as error:
        ids["team/acme/dev"]
    assert (error.value.message, error.value.hint) == (
        "team/acme/dev is not in the portal",
        "make a new plan",
    )
