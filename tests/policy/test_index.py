from reconciler.model.document import Repository
from reconciler.policy import RuleContext
from reconciler.policy.index import Index
from reconciler.policy.partner_view import GrantRef
from tests.builders import configuration, document, group, partner, product, repository, team
from tests.policy.judging import TODAY, YESTERDAY


def test_given_access_is_capped_and_without_what_has_ended() -> None:
    acme = partner(
        "acme",
        team("a", access=["team-wide", {"group": "past", "until": YESTERDAY}]),
        access=[{"group": "partner-wide", "level": "view"}],
        until="2027-01-01",
    )
    given = group("given", grants=[{"team": "acme/a", "until": "2026-12-31"}, {"developer": "x@y.example"}])
    index = Index(RuleContext(repository(acme, given), TODAY))

    assert index.current_access(index.holders["acme"]) == [
        GrantRef(acme, ("spec", "access", 0), "acme", None, "partner-wide", "view", "2027-01-01"),
        GrantRef(acme, ("spec", "teams", 0, "access", 0), "acme", "a", "team-wide", "consume", "2027-01-01"),
        GrantRef(given, ("spec", "grants", 0), "acme", "a", "given", "consume", "2026-12-31"),
    ]


def test_the_apis_of_a_group_are_its_own_and_those_of_its_products() -> None:
    index = Index(
        RuleContext(repository(group(apis=["a"], products=["b", "gone"]), product("b", apis=["c"])), TODAY)
    )

    assert index.apis_of("tracking") == {"a", "c"}


def test_unusual_text_contains_or_encodes_more_than_printable_ascii() -> None:
    odd = document('{kind: Partner, a: plain, b: [größe, "x\\ty"], c: {d: XN--abc}}')
    index = Index(RuleContext(repository(partner("acme"), odd), TODAY))

    assert [(path, text) for _, path, text in index.unusual] == [
        (("b", 0), "größe"),
        (("b", 1), "x\ty"),
        (("c", "d"), "XN--abc"),
    ]


def test_a_configuration_that_does_not_meet_the_schema_has_only_defaults() -> None:
    index = Index(RuleContext(repository(configured=configuration(paths=5)), TODAY))

    assert index.settings.rules == {}


def test_where_the_loader_has_looked_only_unusual_files_are_looked_into() -> None:
    odd = partner("acme", displayName="größe")
    told = Repository(configuration(), (odd,), unusual=frozenset())

    assert Index(RuleContext(told, TODAY)).unusual == []
