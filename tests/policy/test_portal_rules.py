import msgspec
import pytest

from reconciler.model.document import Document
from reconciler.model.resource import WAITS_FOR_KEY, OfferedApi, Resource
from reconciler.policy import judge
from reconciler.portals.embedded.adapter import CAPABILITIES
from tests.builders import catalog, group, partner, team
from tests.policy.planning import found, world
from tests.states import holding, live, member

ANA = "ana@acme.example"


def with_ana(state: str, invited_at: str | None, *others: Resource) -> list[Resource]:
    ana = member(ANA, role="admin", state=state, invited_at=invited_at)
    return [*(each for each in holding(partner("acme", team())) if each.kind != "membership"), ana, *others]


def no_active_admin(*held: Resource, files: Document | None = None) -> list[tuple[str, str]]:
    return found("no-active-admin", world(held, files or partner("acme", team())))


def test_a_team_whose_only_admin_has_not_accepted_is_named_from_the_day_after() -> None:
    message = 'no admin of team "acme/integration" has accepted the invitation: ana@acme.example (invited)'

    assert (
        no_active_admin(*with_ana("invited", "2026-11-23T10:00:00Z")),
        no_active_admin(*with_ana("invited", "2026-11-24T10:00:00Z")),
        no_active_admin(*with_ana("active", None)),
    ) == ([("warning", message)], [], [])


def test_one_admin_who_accepted_is_enough() -> None:
    bo = member("bo@acme.example", role="admin")

    assert (
        no_active_admin(
            *with_ana("invited", "2026-11-20T10:00:00Z", bo),
            files=partner("acme", team("integration", ANA, "bo@acme.example")),
        )
        == []
    )


def test_a_declined_invitation_is_a_warning() -> None:
    judged = world(with_ana("declined", "2026-11-01T10:00:00Z"), partner("acme", team()))

    assert found("invitation-declined", judged) == [
        (
            "warning",
            (
                'ana@acme.example declined the invitation to team "acme/integration", or the portal has '
                "rejected the account; no invitation is sent again"
            ),
        )
    ]


def test_a_team_without_a_key_is_named_with_its_apis() -> None:
    files = partner("acme", team())
    grants = [
        Resource(f"api-grant/{api}/team/acme/integration", {}, state=state)
        for api, state in (("tracking", WAITS_FOR_KEY), ("rates", WAITS_FOR_KEY), ("labels", None))
    ]
    judged = world([*holding(files), *grants], files)
    assert judged.desired is not None
    wanted = {**judged.desired.resources, **{each.id: each for each in grants}}
    granted = msgspec.structs.replace(judged.desired, resources=wanted)

    assert (
        found("waits-for-key", msgspec.structs.replace(judged, desired=granted)),
        found("waits-for-key", judged),
    ) == ([("info", 'team "acme/integration" has no key for rates, tracking yet')], [])


def test_delegated_members_of_other_domains_are_named() -> None:
    files = partner("acme", team(), domains=["acme.example"])
    held = [*holding(files), member("bo@acme.example"), member("x@elsewhere.example")]

    assert (
        found("delegated-domain", world(held, files)),
        found("delegated-domain", world(held, partner("acme", team()))),
    ) == (
        [
            (
                "warning",
                (
                    '1 delegated member of team "acme/integration" is not in one of the partner\'s domains: '
                    "x@elsewhere.example"
                ),
            )
        ],
        [],
    )


def test_a_catalog_that_differs_from_what_the_portal_offers_is_stale() -> None:
    state = msgspec.structs.replace(
        live(),
        apis={
            "labels": OfferedApi("labels", "public"),
            "rates": OfferedApi("rates", "restricted"),
        },
    )

    assert found("catalog-stale", world(state, catalog("labels", "gone"), group())) == [
        ("warning", "the catalog does not list these APIs of the portal: rates"),
        ("warning", 'API "labels" is public in the portal, but restricted in the catalog'),
        ("warning", 'the portal does not offer API "gone"'),
    ]


def test_a_stale_catalog_is_refreshed_by_a_command() -> None:
    state = msgspec.structs.replace(live(), apis={"rates": OfferedApi("rates", "restricted")})

    findings = judge(world(state, catalog("gone"), group()))

    assert [each.hint for each in findings if each.rule == "catalog-stale"] == [
        "run `reconciler catalog`"
    ] * 2


def test_keys_that_outlive_their_grant_are_reported_with_the_people_who_lose_access() -> None:
    files = partner("acme", team(access=["tracking"])), group(apis=["labels"])
    lasting = msgspec.structs.replace(CAPABILITIES, keys_outlive_grants=True)
    judged = partner("acme", team()), group(apis=["labels"])

    assert (
        found("keys-outlive-access", world(holding(*files), *judged, capabilities=lasting)),
        found("keys-outlive-access", world(holding(*files), *judged, capabilities=CAPABILITIES)),
        found("keys-outlive-access", world(holding(*files), *files, capabilities=lasting)),
    ) == (
        [
            (
                "warning",
                "keys that were issued to ana@acme.example continue to work after they lose access",
            )
        ],
        [],
        [],
    )


@pytest.mark.parametrize(
    ("lacks", "message"),
    [
        ({}, None),
        (
            {"preconditions": False},
            "in this portal, another user's change can be overwritten while a run writes",
        ),
        ({"leases": False}, "in this portal, two runs can write at the same time"),
        (
            {"preconditions": False, "leases": False},
            (
                "in this portal, another user's change can be overwritten while a run writes, "
                "and two runs can write at the same time"
            ),
        ),
    ],
)
def test_a_portal_that_does_not_refuse_concurrent_writes_is_reported_once(
    lacks: dict[str, bool], message: str | None
) -> None:
    can = msgspec.structs.replace(CAPABILITIES, **lacks)
    changed = world([], partner("acme", team()), capabilities=can)
    unchanged = world(holding(partner("acme", team())), partner("acme", team()), capabilities=can)

    assert found("concurrent-writes", changed) == ([("info", message)] if message else [])
    assert found("concurrent-writes", unchanged) == []
