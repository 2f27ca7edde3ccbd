"""The translators of the example, without a server."""

import ast
from pathlib import Path
from typing import Any

import msgspec
import pytest

import reconciler_keystone
from reconciler.model.plan import Change
from reconciler.model.resource import Resource
from reconciler.portals.native_ids import NativeIds
from reconciler_keystone import mapping
from reconciler_keystone.mapping import Estate
from reconciler_keystone.schemas import LISTS, Assignment, Object, Reference, Scope

FOLDER = Path(reconciler_keystone.__file__).parent
HOME = Object("h", "apis")
ACME = Object("d", "acme", None, "Acme", "us")
OPS = Object("g", "ops", "d", "Operations", "us")
ANA = Object("u", "Ana@Acme.example", "h")
TRACKING = Object("p", "tracking", "h")
ROLES = [Object(f"{name}-id", name) for name in ("reader", "member", "admin", "other")]


def estate(*assignments: Assignment, **changed: Any) -> Estate:
    """Return a Keystone with one team, one person and one API."""
    return Estate(
        **{
            "home": HOME,
            "domains": [HOME, ACME],
            "groups": [OPS],
            "members": [[ANA]],
            "users": [ANA],
            "projects": [TRACKING, Object("q", "other", "d")],
            "roles": ROLES,
            "assignments": list(assignments),
            **changed,
        }
    )


def given(role: str, *, to: str = "g", project: str = "p") -> Assignment:
    """Return the role of a group in a project."""
    return Assignment(Reference(f"{role}-id"), Scope(Reference(project)), Reference(to))


def read(found: Estate) -> dict[str, Resource]:
    return {resource.id: resource for resource, _ in mapping.mapped(found)}


def test_domains_groups_members_and_roles_are_resources() -> None:
    assert read(estate(given("member"))) == {
        each.id: each
        for each in (
            Resource("partner/acme", {"displayName": "Acme"}, "us"),
            Resource("team/acme/ops", {"displayName": "Operations"}, "us"),
            Resource("membership/acme/ops/ana@acme.example", {}, None, "active"),
            Resource("api-grant/tracking/team/acme/ops", {"level": "consume"}),
        )
    }


@pytest.mark.parametrize(
    ("roles", "level"),
    [
        (["reader"], "view"),
        (["reader", "member"], "consume"),
        (["admin"], "consume"),
        (["other"], None),
        ([], None),
    ],
)
def test_the_highest_role_in_a_project_is_the_level(roles: list[str], level: str | None) -> None:
    found = read(estate(*map(given, roles))).get("api-grant/tracking/team/acme/ops")

    assert (found.fields["level"] if found else None) == level


def test_roles_in_projects_of_other_domains_are_no_access_to_apis() -> None:
    assert [each for each in read(estate(given("member", project="q"))) if each.startswith("api-grant")] == []


def test_a_role_of_a_person_is_read_as_a_grant_of_nobody() -> None:
    direct = Assignment(Reference("reader-id"), Scope(Reference("p")), None, Reference("u"))

    assert read(estate(direct))["api-grant/tracking/developer/ana@acme.example"] == Resource(
        "api-grant/tracking/developer/ana@acme.example", {"level": "view"}
    )


def test_our_own_domain_is_a_partner_only_if_it_has_groups() -> None:
    inner = Object("g2", "inner", "h")

    assert "partner/apis" not in read(estate())
    assert read(estate(groups=[OPS, inner], members=[[], []])).keys() >= {"partner/apis", "team/apis/inner"}


def test_users_without_an_address_or_of_other_domains_are_nobodys_address() -> None:
    users = [Object("s", "service", "h"), Object("f", "ana@acme.example", "d")]

    assert [each for each in read(estate(members=[users])) if each.startswith("membership/")] == [
        "membership/acme/ops/s@users.invalid",
        "membership/acme/ops/f@users.invalid",
    ]
    assert mapping.accounts(estate(users=[ANA, users[1]])) == {"ana@acme.example"}


def test_what_cannot_be_expressed_makes_a_read_incomplete() -> None:
    below = Assignment(Reference("reader-id"), Scope(None, Reference("h"), "projects"), Reference("g"))
    twice = Object("u2", "ana@acme.example", "h")

    assert mapping.problem(estate(below, users=[ANA, twice])) == (
        "apis has inherited roles; several users are called ana@acme.example"
    )
    assert mapping.problem(estate(given("member"))) == ""


def test_a_response_without_its_list_is_not_an_empty_list() -> None:
    with pytest.raises(msgspec.ValidationError, match="missing required field `domains`"):
        LISTS["domains"].decode(b'{"links": {}}')


def test_a_group_is_written_into_the_domain_of_its_partner() -> None:
    change = Change(id="team/acme/ops", kind="team", action="create", after={"displayName": "Operations"})

    assert mapping.place(change, NativeIds({"partner/acme": "d"})) == {"name": "ops", "domain_id": "d"}
    assert mapping.attributes(change, "us") == {
        "name": "ops",
        "description": "Operations",
        "reconciler_owner": "us",
    }


def test_the_adapter_has_at_most_150_lines_of_code_besides_translators_and_checks() -> None:
    """Lines of code are those without blank lines, comments, docstrings and imports.

    The translators are the mapping and the schemas; the checks of `reconciler doctor` are optional.
    """
    counted = {*FOLDER.rglob("*.py")} - {FOLDER / f"{name}.py" for name in ("mapping", "schemas", "checks")}

    assert {path.name for path in counted} >= {"__init__.py", "adapter.py"}
    assert sum(map(_code_lines, counted)) <= 150


def _code_lines(path: Path) -> int:
    """Count the lines without blank lines, comments, docstrings and imports."""
    tree = ast.parse(path.read_text())
    nodes = [each for each in ast.walk(tree) if isinstance(each, ast.stmt)]
    texts = [each for each in nodes if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)]
    imports = [each for each in nodes if isinstance(each, ast.Import | ast.ImportFrom)]
    left_out = {line for each in (*texts, *imports) for line in _lines(each)}
    numbered = enumerate(path.read_text().splitlines(), 1)
    code = {number for number, line in numbered if line.strip() and not line.strip().startswith("#")}
    return len(code - left_out)


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)
