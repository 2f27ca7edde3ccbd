from typing import Any

from reconciler.model.document import Document
from reconciler.model.resource import Resource
from reconciler.policy import judge
from tests.builders import configuration, group, partner, team
from tests.policy.judging import judged
from tests.policy.planning import world
from tests.states import holding

KEPT = 'access group "gold" is granted to 1 team not managed here: globex/ops'


def strangers(grant: str = "gold") -> list[Resource]:
    """Return a team of a partner that nobody manages here, and its grant."""
    return [
        Resource("partner/globex", {"status": "active"}),
        Resource("team/globex/ops", {"displayName": "ops", "delegated": True}),
        Resource(f"grant/{grant}/team/globex/ops", {"level": "consume"}),
    ]


def said(rule: str, held: list[Resource], *documents: Document, **spec: Any) -> list[tuple[str, str]]:
    found = judge(world(held, *documents, spec=spec))
    return [(each.message, each.id or "") for each in found if each.rule == rule]


def test_a_managed_group_that_an_unmanaged_team_has_is_named() -> None:
    files = [group("gold", apis=["a"]), partner("acme", team(access=["gold"]))]

    assert said("unmanaged-grant", [*holding(*files), *strangers()], *files) == [(KEPT, "access-group/gold")]


def test_it_is_not_named_once_the_group_says_remove() -> None:
    files = [group("gold", apis=["a"], unmanagedGrants="remove"), partner("acme", team(access=["gold"]))]

    assert said("unmanaged-grant", [*holding(*files), *strangers()], *files) == []


def test_a_group_without_an_owner_label_that_a_managed_team_has_is_named() -> None:
    files = [partner("acme", team())]
    clicked = [
        Resource("access-group/secret", {"displayName": "Secret"}),
        Resource("grant/secret/team/acme/integration", {"level": "consume"}),
    ]

    assert said("unmanaged-grant", [*holding(*files), *clicked], *files) == [
        (
            'team "acme/integration" has 1 access group in the portal that no file defines: secret',
            "team/acme/integration",
        )
    ]


def test_a_group_of_another_configuration_is_for_that_one_to_grant() -> None:
    files = [partner("acme", team())]
    theirs = [
        Resource("access-group/theirs", {"displayName": "Theirs"}, "other-company"),
        Resource("grant/theirs/team/acme/integration", {"level": "consume"}),
    ]

    assert said("unmanaged-grant", [*holding(*files), *theirs], *files) == []


def test_a_team_of_an_external_partner_has_to_be_in_the_portal() -> None:
    files = group("gold", grants=[{"team": "globex/ops"}])
    external = {"partners": ["globex"]}

    assert (
        said("unknown-team", strangers("silver"), files, external=external),
        said("unknown-team", [], files, external=external),
    ) == (
        [],
        [
            (
                'team "globex/ops" does not exist in the portal; another configuration manages its partner',
                "grant/gold/team/globex/ops",
            )
        ],
    )


def test_a_partner_is_external_or_in_the_files_not_both() -> None:
    configured = configuration(external={"partners": ["globex", "acme"]})

    assert [
        found[1] for found in judged("duplicate-name", partner("acme", team()), configured=configured)
    ] == ['partner "acme" is listed as external, but is defined at partners/acme.yaml:4:9']


def test_teams_of_external_partners_can_be_granted_access_and_their_partner_cannot() -> None:
    configured = configuration(external={"partners": ["globex"]})
    files = group("gold", grants=[{"team": "globex/ops"}, {"partner": "globex"}])

    assert [found[1:] for found in judged("unknown-reference", files, configured=configured)] == [
        (
            'partner "globex" is not defined in any file',
            "another configuration manages globex; grant access to its teams as globex/TEAM",
        )
    ]
