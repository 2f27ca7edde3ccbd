"""Names that a shell completes in the commands that edit files."""

from textwrap import dedent, indent

import pytest
from click.shell_completion import ShellComplete

from reconciler.cli.main import program
from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place


@pytest.fixture
def written(place: Place) -> Place:
    """The repository with a second partner, group and team."""
    return place.write(
        partners__acorn=PARTNER.replace("acme", "acorn").replace("name: ops", "name: web"),
        **{"access-groups__rates": GROUP.replace("tracking}", "rates}")},
    )


def completed(*words: str) -> list[str]:
    shell = ShellComplete(program, {}, "reconciler", "_RECONCILER_COMPLETE")
    return [each.value for each in shell.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["grant", "a"], ["acme", "acorn"]),
        (["grant", "aco"], ["acorn", "acorn/web"]),
        (["revoke", "acme/"], ["acme/ops"]),
        (["grant", "acme", ""], ["rates", "tracking"]),
        (["extend", "acme", "tr"], ["tracking"]),
        (["end", "acorn/w"], ["acorn/web"]),
        (["suspend", ""], ["acme", "acorn"]),
        (["member", "add", "ac"], ["acme/ops", "acorn/web"]),
        (["rename", "partner", "aco"], ["acorn"]),
        (["rename", "team", ""], ["acme/ops", "acorn/web"]),
        (["rename", "access-group", "r"], ["rates"]),
        (["rename", "product", ""], []),
        (["move", "acme/ops", "ac"], ["acme", "acorn"]),
        (["new", "partner", "zinc", "--access", "r"], ["rates"]),
        (["new", "team", "acme/new", "--access", ""], ["rates", "tracking"]),
        (["new", "access-group", "all", "--product", ""], []),
        (["new", "access-group", "all", "--api", ""], ["tracking-v2"]),
        (["new", "access-group", "all", "--offer", "ac"], ["acme", "acorn"]),
        (["new", "access-group", "all", "--offer", "re"], ["reseller"]),
        (["new", "product", "all", "--owner", "p"], ["partnerships"]),
        (["export", "--owner", ""], ["logistics", "partnerships"]),
    ],
)
@pytest.mark.usefixtures("written")
def test_names_come_from_the_files(words: list[str], names: list[str]) -> None:
    assert completed(*words) == names


def test_only_names_that_cannot_run_anything_are_offered(written: Place) -> None:
    written.write(partners__evil=PARTNER.replace("name: acme", 'name: "$(touch x)"').replace("ops", "`x`"))

    assert completed("grant", "") == ["acme", "acorn"]
    written.write(catalog=CATALOG.replace("[{", '[{name: "a;b", owner: logistics}, {'))
    assert completed("new", "product", "all", "--api", "") == []


def test_an_error_completes_nothing(written: Place) -> None:
    assert completed("grant", "--config", "none.yaml", "") == []
    assert completed("export", "--config", "none.yaml", "--owner", "") == []
    written.write(reconciler="a: [")
    assert completed("grant", "") == []
    written.write(reconciler=None)
    assert completed("grant", "") == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["doctor", "--source", ""], ["all", "people", "sso"]),
        (["doctor", "--source", "s"], ["sso"]),
        (["people", "pull", "--source", ""], ["people", "sso"]),
        (["sync", ""], ["crm"]),
    ],
)
def test_names_of_sources(place: Place, words: list[str], names: list[str]) -> None:
    sources = """\
      sources:
        crm: {type: csv, file: a.csv, id: Id, fields: {displayName: N, owner: O, type: T}}
        people: {type: scim, url: "https://id.example", token: {env: PORTAL_SCIM}}
        sso: {type: scim, url: "https://sso.example", token: {env: PORTAL_SCIM}}
    """
    place.write(reconciler=dedent(CONFIGURATION) + indent(dedent(sources), "  "))

    assert completed(*words) == names
