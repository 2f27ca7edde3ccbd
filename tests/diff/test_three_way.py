from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from reconciler.diff import Branched, branch, diff
from reconciler.errors import PlanError
from reconciler.model.document import Document
from reconciler.model.kinds import parents
from reconciler.model.resource import Desired, Fields, Live, Resource, ResourceId
from reconciler.testing.generators import world
from reconciler.testing.harness import SCOPE
from tests.builders import group, partner, team
from tests.states import TODAY, accepted, holding, live, made, member, wanted

GROUP = group(apis=["tracking-v2"])
GRANT = "grant/tracking/team/acme/integration"
OLA = "membership/acme/integration/ola@acme.example"


def said(found: Branched) -> tuple[list[str], list[str]]:
    """Return what the branch does and what is drift, each with its new values."""
    return (
        [f"{each.action} {each.id} {each.after}" for each in found.difference.changes],
        [f"{each.action} {each.id} {each.after}" for each in found.drift],
    )


def branched(head: list[Document], base: list[Document], *held: Resource) -> Branched:
    return branch(wanted(*head), wanted(*base), live(held))


def test_what_the_base_asks_for_too_is_drift() -> None:
    applied = [partner("acme", team(access=[]))]
    base = [partner("acme", team(access=["tracking"])), GROUP]
    head = [partner("acme", team("integration", "ana@acme.example", "ola@acme.example", access=["tracking"]))]

    done, drift = said(branched([*head, GROUP], base, *holding(*applied, GROUP)))

    assert (done, drift) == (
        [f"create {OLA} {{'role': 'admin'}}"],
        [f"create {GRANT} {{'level': 'consume'}}"],
    )


def test_of_an_object_only_the_fields_change_that_the_branch_changes() -> None:
    held = holding(partner("acme", display_name="Portal's own", agreement="MSA-1", until=None))
    base = [partner("acme", display_name="Acme", agreement="MSA-1")]
    head = [partner("acme", display_name="Acme", agreement="MSA-2")]

    found = branched(head, base, *held)

    assert [
        [(each.path, each.before, each.after) for each in change.fields]
        for change in (*found.difference.changes, *found.drift)
    ] == [[("agreement", "MSA-1", "MSA-2")], [("displayName", "Portal's own", "Acme")]]


def test_a_field_that_the_branch_takes_away_goes_and_one_that_the_portal_added_stays() -> None:
    held = holding(partner("acme", agreement="MSA-1", domains=["other.example"]))
    base = [partner("acme", agreement="MSA-1")]
    head = [partner("acme", type="internal", agreement=None)]

    (change,) = branched(head, base, *held).difference.changes

    assert ("agreement" in (change.after or {}), (change.after or {}).get("domains")) == (
        False,
        ["other.example"],
    )


def test_what_the_branch_takes_out_is_deleted_and_what_came_in_the_portal_stays() -> None:
    base = [partner("acme", team(members=["bo@acme.example", "cy@acme.example"]))]
    head = [partner("acme", team(members=["bo@acme.example"]))]
    found = branched(head, base, *holding(*base), member("di@acme.example"))

    assert said(found) == (
        ["delete membership/acme/integration/cy@acme.example None"],
        ["delete membership/acme/integration/di@acme.example None"],
    )


def test_a_branch_that_writes_down_what_the_portal_holds_changes_nothing() -> None:
    base = [partner("acme", agreement="MSA-1")]
    head = [partner("acme", agreement="MSA-2")]

    assert said(branched(head, base, *holding(*head))) == ([], [])


def test_a_rename_on_the_branch_keeps_drifted_fields_below_the_new_name() -> None:
    base = [partner("acme", team(display_name="Integration"))]
    head = [partner("acme-logistics", team(display_name="Integration"), metadata={"previously": "acme"})]
    held = holding(partner("acme", team(display_name="Renamed by hand")))

    found = branched(head, base, *held)

    assert (
        [(each.id, each.renamed_from) for each in found.difference.changes],
        [(each.id, each.renamed_from) for each in found.drift],
    ) == (
        [("partner/acme-logistics", "partner/acme")],
        [("team/acme-logistics/integration", None)],
    )


@pytest.mark.parametrize(
    ("held", "needed"),
    [
        ([GROUP], "team/acme/integration"),
        ([GROUP, partner("acme")], "team/acme/integration"),
    ],
)
def test_what_needs_something_that_is_only_drift_is_refused_by_name(
    held: list[Document], needed: str
) -> None:
    base = [partner("acme", team(access=[])), GROUP]
    head = [partner("acme", team(access=["tracking"])), GROUP]

    with pytest.raises(
        PlanError, match=f"^{GRANT} depends on {needed}, which has a change that is merged but not applied"
    ):
        branched(head, base, *holding(*held))


def test_a_suspension_waits_for_a_move_that_is_only_drift_and_names_it() -> None:
    moved = team("web", "ana@acme.example", access=["tracking"], previously="acme/web")
    held = holding(
        partner("acme", team("web", "ana@acme.example", access=["tracking"])), partner("bolt"), GROUP
    )
    base = [partner("acme"), partner("bolt", moved), GROUP]
    head = [partner("acme"), partner("bolt", moved, status="suspended"), GROUP]

    with pytest.raises(PlanError) as refused:
        branched(head, base, *held)

    assert (refused.value.message, refused.value.hint) == (
        (
            "grant/tracking/team/bolt/web depends on the rename of team/acme/web to team/bolt/web,"
            " which is merged but not applied"
        ),
        "apply what is merged first (`reconciler apply` on the base branch), or plan without --base",
    )


def test_a_changed_field_of_an_object_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(
        PlanError,
        match=r"^partner/acme changes on this branch and has an earlier change that is merged but not",
    ):
        branched([partner("acme", agreement="MSA-2")], [partner("acme", agreement="MSA-1")])


def test_a_person_who_is_let_in_again_waits_for_a_block_that_is_only_drift() -> None:
    base = [partner("acme", team(members=[]), blocked=[])]
    head = [partner("acme", team(members=["bo@acme.example"]), agreement="MSA-2", blocked=[])]
    held = holding(partner("acme", team(members=[]), blocked=["bo@acme.example"]))

    with pytest.raises(
        PlanError, match=r"^membership/acme/integration/bo@acme\.example depends on partner/acme,"
    ):
        branched(head, base, *held)


def test_unmanaged_objects_are_reported_only_if_the_branch_changes_them() -> None:
    theirs = [Resource("partner/acme", {"displayName": "Theirs"}, "another-company")]
    base = [partner("acme")]
    other = [*base, partner("bolt")]
    touching = [partner("acme", team())]

    assert [
        [(each.rule, each.id) for each in branched(head, base, *theirs).difference.findings]
        for head in (base, other, touching)
    ] == [[], [], [("not-managed", "partner/acme")]]


worlds = st.integers(0, 2**32).map(lambda seed: world(Random(seed), TODAY))  # noqa: S311  no secret
few = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def held_of(desired: Desired) -> Live:
    return live(accepted(each) for each in desired.resources.values())


def plain(desired: Desired) -> Desired:
    """Return a world in which nothing was ever called otherwise."""
    return msgspec.structs.replace(desired, renames={})


def whole(head: Desired, base: Desired, state: Live) -> Branched:
    """Return the branch, where it needs nothing that is only drift."""
    try:
        return branch(head, base, state)
    except PlanError:
        reject()


@few
@given(worlds, worlds)
def test_where_the_portal_is_as_the_base_asks_a_branch_is_the_whole_difference(
    base: Desired, head: Desired
) -> None:
    state = held_of(base)

    found = branch(head, base, state)

    assert (found.difference.changes, found.drift) == (diff(head, state).changes, ())


@few
@given(worlds, worlds)
def test_a_branch_that_changes_nothing_leaves_every_difference_alone(head: Desired, other: Desired) -> None:
    state = held_of(other)

    found = branch(head, head, state)

    assert (found.difference.changes, found.drift) == ((), diff(head, state).changes)


@few
@given(worlds.map(plain), worlds.map(plain), worlds.map(plain))
def test_a_branch_changes_what_it_asks_for_otherwise_than_its_base_and_nothing_else(
    base: Desired, head: Desired, other: Desired
) -> None:
    state = held_of(other)
    became = made(state, whole(head, base, state).difference.changes, SCOPE)

    assert {each: fields(became.resources, each) for each in everywhere(head, base, state)} == {
        each: merged(each, head, base, state) for each in everywhere(head, base, state)
    }


@few
@given(worlds.map(plain), worlds.map(plain), worlds.map(plain))
def test_a_branch_and_then_its_drift_are_all_that_differs(
    base: Desired, head: Desired, other: Desired
) -> None:
    state = held_of(other)
    found = whole(head, base, state)

    both = made(made(state, found.difference.changes, SCOPE), found.drift, SCOPE)

    assert both.resources == made(state, diff(head, state).changes, SCOPE).resources


def everywhere(head: Desired, base: Desired, state: Live) -> set[ResourceId]:
    """Return the ids in any of the three whose fate their own fields decide."""
    ids = {*head.resources, *base.resources, *state.resources}
    delegated = head.delegated | base.delegated
    return {each for each in ids if not (each.startswith("membership/") and parents(each)[0] in delegated)}


def fields(resources: dict[ResourceId, Resource], resource_id: ResourceId) -> Fields | None:
    held = resources.get(resource_id)
    return held.fields if held else None


def merged(resource_id: ResourceId, head: Desired, base: Desired, state: Live) -> Fields | None:
    """Return the fields that three-way merging leads to, or None where nothing is left."""
    new, old, now = (fields(each.resources, resource_id) for each in (head, base, state))
    if new == old or now is None or new is None or old is None:
        return now if new == old else new
    names = {*new, *old, *now}
    chosen = {name: new.get(name) if new.get(name) != old.get(name) else now.get(name) for name in names}
    return {name: value for name, value in chosen.items() if value is not None}


def test_an_expired_invitation_is_sent_again_by_the_next_full_plan_whatever_the_base_asked_for() -> None:
    files = [
        [partner("acme", team(members=[{"email": "ola@acme.example", **until}]))]
        for until in ({}, {"until": "2027-01-31"})
    ]
    invited = [
        msgspec.structs.replace(each, state="expired") if each.id == OLA else each
        for each in holding(*files[0])
    ]

    done, drift = said(branched(files[0], files[1], *invited))

    assert (done, drift) == ([], [f"create {OLA} {{'role': 'member'}}"])
