import pytest

from reconciler.policy import RuleContext
from reconciler.policy.index import Index
from reconciler.policy.name_index import Names
from tests.builders import catalog, document, group, partner, repository, team
from tests.policy.judging import TODAY

HERE = (partner("acme", team("a")), group("tracking"), catalog("t"))


@pytest.mark.parametrize(
    ("kind", "name", "dangles"),
    [
        ("Partner", "acme", False),
        ("Partner", "globex", True),
        ("Team", "acme/a", False),
        ("Team", "acme/b", True),
        ("Team", "globex/a", True),
        ("Team", "no-team", True),
        ("AccessGroup", "tracking", False),
        ("ApiProduct", "tracking", True),
        ("Owner", "logistics", False),
        ("Owner", "acme", True),
        ("Api", "t", False),
        ("Api", "u", True),
    ],
)
def test_a_name_is_undefined_if_nothing_has_it(kind: str, name: str, dangles: bool) -> None:  # noqa: FBT001  an example
    names = Names(Index(RuleContext(repository(*HERE), TODAY)))

    assert names.dangles(kind, name) is dangles


@pytest.mark.parametrize(
    "broken",
    [
        "{kind: Catalog, metadata: {name: c}, spec: {apis: [{name: 5}]}}",
        "{kind: Catalog, metadata: {name: c}, spec: {apis: 5}}",
        "{kind: Catalog, metadata: {name: c}, spec: 5}",
    ],
)
def test_no_api_dangles_where_the_catalog_could_not_be_read_whole(broken: str) -> None:
    names = Names(Index(RuleContext(repository(catalog("t"), document(broken)), TODAY)))

    assert not names.dangles("Api", "u")
