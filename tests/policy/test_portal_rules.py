import msgspec

from reconciler.model.document import Document
from reconciler.model.portal import TextLimit
from reconciler.model.resource import OfferedApi, Resource
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
            'ana@acme.example declined the invitation to team "acme/integration" and is not invited again',
        )
    ]


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


def test_unsupported_definitions_are_reported_before_planning() -> None:
    less = msgspec.structs.replace(
        CAPABILITIES,
        kinds=CAPABILITIES.kinds - {"api-product"},
        fields=CAPABILITIES.fields - {"grant.until"},
        team_admins=False,
        developer_grants=False,
    )
    files = (
        partner("acme", team()),
        group(grants=[{"developer": "sam@indie.example", "until": "2027-01-31"}]),
    )

    assert (
        found("unsupported", world(live(), *files, capabilities=less)),
        found("unsupported", world(live(), *files, capabilities=CAPABILITIES)),
    ) == (
        [
            (
                "error",
                (
                    "the portal does not support grants to single people, "
                    "which grant/tracking/developer/sam@indie.example requires"
                ),
            ),
            (
                "error",
                (
                    "the portal cannot store until of a grant, "
                    "which grant/tracking/developer/sam@indie.example requires"
                ),
            ),
            (
                "error",
                (
                    "the portal does not support team admins, which "
                    "membership/acme/integration/ana@acme.example requires"
                ),
            ),
        ],
        [],
    )


def test_a_rename_that_the_portal_cannot_make_is_refused() -> None:
    less = msgspec.structs.replace(CAPABILITIES, renames=frozenset())
    held = holding(partner("acme", team()))
    files = partner("apex", team(), displayName="Acme", metadata={"previously": "acme"})

    assert (
        found("unsupported", world(held, files, capabilities=less)),
        found("unsupported", world(held, files, capabilities=CAPABILITIES)),
    ) == ([("error", "the portal cannot rename a partner, which partner/apex requires")], [])


def test_what_is_longer_than_the_portal_takes_or_of_another_alphabet_is_refused_at_its_line() -> None:
    limits = {"partner.displayName": TextLimit(5), "team.name": TextLimit(40, "[a-z]", "lower-case letters")}
    less = msgspec.structs.replace(CAPABILITIES, limits=limits)
    files = [partner("acme", team("ops-2"), displayName="Acme Logistics"), partner("bolt", team("ops"))]
    judged = [each for each in judge(world(live(), *files, capabilities=less)) if each.rule == "unsupported"]

    assert [(f"{each.file}:{each.line}", each.message) for each in judged] == [
        (
            "partners/acme.yaml:7",
            (
                "the portal accepts at most 5 characters as displayName of a partner, not 14,"
                " which partner/acme requires"
            ),
        ),
        (
            "partners/acme.yaml:11",
            "the portal accepts only lower-case letters as name of a team, which team/acme/ops-2 requires",
        ),
    ]
