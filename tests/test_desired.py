from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import build_desired_state
from reconciler.model.document import Document
from reconciler.model.finding import Source
from reconciler.model.kinds import KINDS, has_owner_label, parents
from reconciler.model.resource import Desired, Fields
from tests.builders import catalog, document, group, partner, product, repository, team

TODAY = "2026-11-24"
YESTERDAY = "2026-11-23"


def desired(*documents: Document, today: str = TODAY) -> Desired:
    return build_desired_state(repository(*documents), today)


def fields(*documents: Document, kind: str = "") -> dict[str, Fields]:
    return {
        resource.id: resource.fields
        for resource in desired(*documents).resources.values()
        if resource.kind == kind or not kind
    }


def test_the_desired_state_is_empty_without_documents() -> None:
    assert desired(catalog("labels")) == Desired(
        scope="our-company",
        today=TODAY,
        resources={},
        renames={},
        because={},
        blocked={},
        delegated=frozenset(),
        ended=frozenset(),
        suspended=frozenset(),
    )


def test_a_partner_with_a_delegated_team_asks_for_itself_its_team_its_admins_and_its_grants() -> None:
    assert fields(
        partner(
            "acme",
            team(
                "integration",
                "Ana@ACME.example",
                {"email": "bo@acme.example", "until": "2026-12-31"},
                access=["tracking", {"group": "rates", "level": "view", "reason": "pilot"}],
            ),
            displayName="Acme Logistics GmbH",
            agreement="MSA-2024-118",
            domains=["ACME.example", "acme.de", "acme.example"],
        ),
        group("tracking"),
        group("rates"),
    ) == {
        "partner/acme": {
            "type": "reseller",
            "status": "active",
            "displayName": "Acme Logistics GmbH",
            "owner": "partnerships",
            "agreement": "MSA-2024-118",
            "domains": ["acme.de", "acme.example"],
        },
        "team/acme/integration": {"displayName": "integration", "delegated": True},
        "membership/acme/integration/ana@acme.example": {"role": "admin"},
        "membership/acme/integration/bo@acme.example": {"role": "admin", "until": "2026-12-31"},
        "grant/tracking/team/acme/integration": {"level": "consume"},
        "grant/rates/team/acme/integration": {"level": "view", "reason": "pilot"},
        "access-group/tracking": {"displayName": "Tracking", "owner": "logistics"},
        "access-group/rates": {"displayName": "Rates", "owner": "logistics"},
    }


def test_listed_members_are_desired_and_an_empty_list_is_not_delegation() -> None:
    made = desired(
        partner(
            "acme",
            team("listed", members=["bo@acme.example", {"email": "cy@acme.example", "until": "2027-01-31"}]),
            team("alone", members=[]),
            team("delegated", members="delegated"),
        )
    )

    assert (
        {id_: each.fields for id_, each in made.resources.items() if each.kind == "membership"},
        made.delegated,
    ) == (
        {
            "membership/acme/listed/ana@acme.example": {"role": "admin"},
            "membership/acme/listed/bo@acme.example": {"role": "member"},
            "membership/acme/listed/cy@acme.example": {"role": "member", "until": "2027-01-31"},
            "membership/acme/alone/ana@acme.example": {"role": "admin"},
            "membership/acme/delegated/ana@acme.example": {"role": "admin"},
        },
        frozenset({"team/acme/delegated"}),
    )


def test_one_person_is_one_id_however_the_address_is_spelled() -> None:
    ids = desired(
        partner("acme", team("a", "ZOË@BÜCHER.example"), team("b", "zoe\u0308@xn--bcher-kva.example"))
    )

    assert [each for each in ids.resources if each.startswith("membership")] == [
        "membership/acme/a/zoë@xn--bcher-kva.example",
        "membership/acme/b/zoë@xn--bcher-kva.example",
    ]


def test_access_of_a_partner_becomes_one_grant_for_each_of_its_teams() -> None:
    assert fields(partner("acme", team("a"), team("b"), access=["tracking"]), group(), kind="grant") == {
        "grant/tracking/team/acme/a": {"level": "consume"},
        "grant/tracking/team/acme/b": {"level": "consume"},
    }


def test_a_group_gives_grants_to_a_team_to_each_team_of_a_partner_and_to_a_developer() -> None:
    assert fields(
        group(
            "tracking",
            grants=[
                {"team": "acme/a", "level": "view"},
                {"partner": "globex", "until": "2027-03-31"},
                {"developer": "Sam@Indie.example", "reason": "API-4312"},
            ],
        ),
        partner("acme", team("a"), team("b")),
        partner("globex", team("x"), team("y")),
        kind="grant",
    ) == {
        "grant/tracking/team/acme/a": {"level": "view"},
        "grant/tracking/team/globex/x": {"level": "consume", "until": "2027-03-31"},
        "grant/tracking/team/globex/y": {"level": "consume", "until": "2027-03-31"},
        "grant/tracking/developer/sam@indie.example": {"level": "consume", "reason": "API-4312"},
    }


def test_the_end_of_a_partner_caps_every_grant_to_its_teams_but_no_membership() -> None:
    assert (
        fields(
            partner(
                "acme",
                team("a", access=["open", {"group": "short", "until": "2026-12-31"}]),
                until="2027-06-30",
                access=[{"group": "long", "until": "2028-01-01"}],
            ),
            group("given", grants=[{"team": "acme/a"}]),
        ).items()
        >= {
            "membership/acme/a/ana@acme.example": {"role": "admin"},
            "grant/open/team/acme/a": {"level": "consume", "until": "2027-06-30"},
            "grant/short/team/acme/a": {"level": "consume", "until": "2026-12-31"},
            "grant/long/team/acme/a": {"level": "consume", "until": "2027-06-30"},
            "grant/given/team/acme/a": {"level": "consume", "until": "2027-06-30"},
        }.items()
    )


def test_products_and_groups_ask_for_their_items() -> None:
    assert fields(
        product("shipping", apis=["rates-v1", "labels-v3"], description="Moves parcels"),
        group("tracking", apis=["tracking-v2"], products=["shipping"]),
    ) == {
        "api-product/shipping": {
            "displayName": "Shipping",
            "owner": "logistics",
            "description": "Moves parcels",
            "visibility": "restricted",
        },
        "product-item/shipping/rates-v1": {},
        "product-item/shipping/labels-v3": {},
        "access-group/tracking": {"displayName": "Tracking", "owner": "logistics"},
        "access-item/tracking/api/tracking-v2": {},
        "access-item/tracking/product/shipping": {},
    }


def test_the_last_day_is_still_asked_for_and_the_day_after_it_has_expired() -> None:
    ends = partner(
        "acme",
        team(
            "a",
            "ana@acme.example",
            {"email": "bo@acme.example", "until": TODAY},
            {"email": "cy@acme.example", "until": YESTERDAY},
            access=[{"group": "last", "until": TODAY}, {"group": "past", "until": YESTERDAY}],
        ),
    )
    made = desired(ends, group("given", grants=[{"developer": "sam@indie.example", "until": YESTERDAY}]))

    assert (
        "membership/acme/a/bo@acme.example" in made.resources,
        "grant/last/team/acme/a" in made.resources,
        made.because,
    ) == (
        True,
        True,
        {
            "membership/acme/a/cy@acme.example": "expired",
            "grant/past/team/acme/a": "expired",
            "grant/given/developer/sam@indie.example": "expired",
        },
    )


def test_a_suspended_partner_keeps_teams_and_people_and_loses_every_grant() -> None:
    made = desired(
        partner(
            "acme",
            team("a", access=["own", {"group": "past", "until": YESTERDAY}]),
            status="suspended",
            access=["all"],
        ),
        group("given", grants=[{"partner": "acme"}]),
        group("direct", grants=[{"developer": "ana@acme.example"}]),
    )

    assert (set(made.resources), dict(made.because), made.suspended, made.ended) == (
        {
            "partner/acme",
            "team/acme/a",
            "membership/acme/a/ana@acme.example",
            "access-group/given",
            "access-group/direct",
            "grant/direct/developer/ana@acme.example",
        },
        {
            "grant/all/team/acme/a": "suspended",
            "grant/own/team/acme/a": "suspended",
            "grant/past/team/acme/a": "expired",
            "grant/given/team/acme/a": "suspended",
        },
        frozenset({"acme"}),
        frozenset(),
    )
    assert made.resources["partner/acme"].fields["status"] == "suspended"


def test_of_an_ended_partner_nothing_is_asked_for() -> None:
    made = desired(
        partner(
            "acme",
            team("a", previously="old", access=["own"], members=["bo@acme.example"]),
            status="ended",
            metadata={"previously": "acme-old"},
            blocked=["ex@acme.example"],
        ),
        group("given", grants=[{"team": "acme/a"}]),
    )

    assert made == Desired(
        scope="our-company",
        today=TODAY,
        resources={"access-group/given": made.resources["access-group/given"]},
        renames={},
        because={
            "partner/acme": "ended",
            "team/acme/a": "ended",
            "membership/acme/a/ana@acme.example": "ended",
            "membership/acme/a/bo@acme.example": "ended",
            "grant/own/team/acme/a": "ended",
            "grant/given/team/acme/a": "ended",
        },
        blocked={"acme": frozenset({"ex@acme.example"})},
        delegated=frozenset(),
        ended=frozenset({"acme", "acme-old"}),
        suspended=frozenset(),
        withheld=made.withheld,
    )
    ended = made.withheld["partner/acme"]
    assert (ended.fields["status"], ended.fields["owner"]) == ("ended", "partnerships")
    assert {each: grant.fields for each, grant in made.withheld.items() if grant is not ended} == {
        "grant/own/team/acme/a": {"level": "consume"},
        "grant/given/team/acme/a": {"level": "consume"},
    }


def test_a_former_name_of_an_ended_partner_that_another_has_now_is_not_ended() -> None:
    made = desired(
        partner("acme-old", status="ended", metadata={"previously": "acme"}), partner("acme", status="active")
    )

    assert made.ended == {"acme-old"}


def test_blocked_people_are_kept_with_their_partner_in_one_spelling() -> None:
    made = desired(partner("acme", blocked=["Zoe@acme.example", "ex@ACME.example", "zoe@acme.example"]))

    assert (made.blocked, made.resources["partner/acme"].fields["blocked"]) == (
        {"acme": frozenset({"ex@acme.example", "zoe@acme.example"})},
        ["ex@acme.example", "zoe@acme.example"],
    )


def test_renames_lead_from_the_new_id_to_the_old_one() -> None:
    made = desired(
        partner("acme", team("a", previously="old-a"), team("b"), metadata={"previously": "old-acme"}),
        partner("globex", team("x", previously="old-x")),
        group("tracking", metadata={"previously": "old-tracking"}),
        product("shipping", metadata={"previously": "old-shipping"}),
    )

    assert made.renames == {
        "partner/acme": (("partner/old-acme",),),
        "team/acme/a": (("team/old-acme/old-a", "team/acme/old-a"),),
        "team/globex/x": (("team/globex/old-x",),),
        "access-group/tracking": (("access-group/old-tracking",),),
        "api-product/shipping": (("api-product/old-shipping",),),
    }


def test_every_resource_knows_the_very_line_it_was_made_from() -> None:
    acme = document("""\
        apiVersion: reconciler/v1
        kind: Partner
        metadata: {name: acme}
        spec:
          type: reseller
          displayName: Acme
          owner: partnerships
          access:
            - everyone
          teams:
            - name: integration
              admins: [ana@acme.example]
              members:
                - {email: bo@acme.example, until: 2026-12-31}
              access: [tracking]
    """)
    given = document(
        """\
        apiVersion: reconciler/v1
        kind: AccessGroup
        metadata: {name: given}
        spec:
          displayName: Given
          owner: logistics
          apis: [labels-v3]
          products: [shipping]
          grants:
            - {partner: acme}
        """,
        "access-groups/given.yaml",
    )
    made = desired(acme, given).resources.values()

    assert {each.id: each.origin.source for each in made if each.origin} == {
        "partner/acme": Source("partners/acme.yaml", 3, 18),
        "team/acme/integration": Source("partners/acme.yaml", 11, 13),
        "membership/acme/integration/ana@acme.example": Source("partners/acme.yaml", 12, 16),
        "membership/acme/integration/bo@acme.example": Source("partners/acme.yaml", 14, 11),
        "grant/everyone/team/acme/integration": Source("partners/acme.yaml", 9, 7),
        "grant/tracking/team/acme/integration": Source("partners/acme.yaml", 15, 16),
        "access-group/given": Source("access-groups/given.yaml", 3, 18),
        "access-item/given/api/labels-v3": Source("access-groups/given.yaml", 7, 10),
        "access-item/given/product/shipping": Source("access-groups/given.yaml", 8, 14),
        "grant/given/team/acme/integration": Source("access-groups/given.yaml", 10, 7),
    }


DAYS = st.none() | st.sampled_from([YESTERDAY, TODAY, "2026-12-31", "2027-12-31"])
ENTRIES = st.builds(
    lambda group_name, until: {"group": group_name} | ({"until": until} if until else {}),
    st.sampled_from(["tracking", "rates"]),
    DAYS,
)
TEAMS = st.lists(
    st.builds(
        lambda name, access, members: team(name, access=access, members=members),
        st.sampled_from(["a", "b", "c"]),
        st.lists(ENTRIES, max_size=2, unique_by=lambda entry: entry["group"]),
        st.just("delegated") | st.lists(st.sampled_from(["bo@acme.example", "cy@acme.example"]), unique=True),
    ),
    max_size=3,
    unique_by=lambda each: str(each["name"]),
)


@st.composite
def repositories(draw: st.DrawFn) -> list[Document]:
    until = draw(DAYS)
    end: dict[str, Any] = {"until": until} if until else {}
    acme = partner(
        "acme",
        *draw(TEAMS),
        status=draw(st.sampled_from(["active", "suspended", "ended"])),
        **end,
    )
    return [acme, group("tracking", apis=["t"], products=["shipping"]), group("rates"), product("shipping")]


@given(repositories())
def test_every_resource_has_its_parents_its_mark_and_only_fields_of_its_kind_with_a_value(
    documents: list[Document],
) -> None:
    made = desired(*documents).resources

    assert [
        each.id
        for each in made.values()
        if not made.keys() >= set(parents(each.id))
        or (each.owner_label == "our-company") is not has_owner_label(each.id)
        or not set(KINDS[each.kind].fields) >= each.fields.keys()
        or any(value in (None, "", []) for value in each.fields.values())
    ] == []


@given(repositories())
def test_what_is_asked_for_and_what_is_not_have_nothing_in_common(documents: list[Document]) -> None:
    made = desired(*documents)

    assert made.resources.keys() & made.because.keys() == set()


@given(repositories(), st.permutations(range(4)))
def test_the_order_of_documents_decides_nothing(documents: list[Document], order: list[int]) -> None:
    made, again = desired(*documents), desired(*[documents[number] for number in order])

    assert {id_: each.fields for id_, each in made.resources.items()} == {
        id_: each.fields for id_, each in again.resources.items()
    }
