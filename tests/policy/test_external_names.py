from reconciler.model.document import Document
from reconciler.policy import RuleContext, judge
from tests.builders import configuration, group, partner, repository, team
from tests.states import TODAY

PORTALS = {
    "shop": {"type": "embedded", "database": "shop.db"},
    "lab": {"type": "embedded", "database": "lab.db"},
}


def said(rule: str, *documents: Document) -> list[tuple[str, str]]:
    """Return place and message of what a rule finds in these files, which have two portals."""
    files = repository(*documents, configured=configuration(portals=PORTALS))
    return [
        (f"{each.file}:{each.line}:{each.column}", each.message)
        for each in judge(RuleContext(files, TODAY))
        if each.rule == rule
    ]


def called(name: str, external: object) -> Document:
    return group(name, metadata={"externalName": external})


def test_two_groups_with_the_same_name_in_a_portal_are_an_error() -> None:
    assert (
        said("duplicate-name", called("gold", "Tier 1"), called("silver", "Tier 1")),
        said("duplicate-name", called("gold", {"shop": "Tier 1"}), called("silver", "Tier 1")),
        said("duplicate-name", called("gold", {"shop": "Tier 1"}), called("silver", {"lab": "Tier 1"})),
    ) == (
        [
            (
                "access-groups/silver.yaml:5:17",
                (
                    'access-group/silver is called "Tier 1" in the portal "shop", as is access-group/gold'
                    " (access-groups/gold.yaml:5:17)"
                ),
            )
        ],
        [
            (
                "access-groups/silver.yaml:5:17",
                (
                    'access-group/silver is called "Tier 1" in the portal "shop", as is access-group/gold'
                    " (access-groups/gold.yaml:6:5)"
                ),
            )
        ],
        [],
    )


def test_an_external_name_cannot_be_the_name_of_another_object() -> None:
    files = group("silver"), called("gold", "silver")
    message = 'access-group/gold is called "silver" in the portal "shop", as is access-group/silver'
    place = ("access-groups/gold.yaml:5:17", f"{message} (access-groups/silver.yaml:4:9)")

    assert (said("duplicate-name", *files), said("duplicate-name", *reversed(files))) == ([place], [place])


def test_two_objects_can_exchange_their_names() -> None:
    assert said("duplicate-name", called("gold", "silver"), called("silver", "gold")) == []


def test_names_of_teams_are_unique_within_their_partner() -> None:
    ops = team("ops", externalName="Operations")
    night = team("night", externalName="Operations")
    [found] = said("duplicate-name", partner("acme", ops, night), partner("bolt", ops))

    assert found == (
        "partners/acme.yaml:18:19",
        (
            'team/acme/night is called "Operations" in the portal "shop", as is team/acme/ops'
            " (partners/acme.yaml:14:19)"
        ),
    )


def test_a_portal_that_is_not_configured_is_a_warning() -> None:
    assert said("unknown-portal", called("gold", {"shob": "Tier 1"})) == [
        ("access-groups/gold.yaml:6:11", 'portal "shob" is not defined')
    ]


def test_a_default_portal_that_is_not_configured_is_a_warning() -> None:
    files = repository(configured=configuration(portals=PORTALS, default_portal="shob"))
    [found] = [each for each in judge(RuleContext(files, TODAY)) if each.rule == "unknown-portal"]

    assert (found.severity, found.message, found.hint, found.line) == (
        "warning",
        'portal "shob" is not defined',
        'did you mean "shop"?',
        files.configuration.where("spec", "defaultPortal").line,
    )
