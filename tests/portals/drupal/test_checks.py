"""What `reconciler doctor` finds out about a site, without writing."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.portals.drupal.adapter import DrupalAdapter
from reconciler.workflow.checks import CheckRunner
from tests.portals.drupal.sites import PASSWORD, PERMISSIONS, WITH_FIELDS, WITH_GROUPS, opened, site_with
from tests.servers.drupal.server import Drupal
from tests.servers.drupal.site import Site


def filled(changes: Mapping[str, Any] | None = None) -> Site:
    """Return a site with one object of each type."""
    site = site_with(changes)
    site.add("node--api_product", {"title": "rates"})
    site.add("node--access_group", {"title": "gold"})
    team = "group--team" if "group--team" in site.types else "node--team"
    found = site.add(team, {site.types[team].label: "acme/ops"})
    for name in ("partner", "bundle"):
        site.add(f"node--{name}", {"title": name})
    if "group--team" in site.types:
        ends = {"gid": [found.id], "entity_id": [site.user("reconciler@portal.example").id]}
        site.add("group_relationship--team-group_membership", {}, ends)
    return site


def checked(
    site: Site, changes: Mapping[str, Any] | None = None, **others: Any
) -> dict[str, tuple[str, str]]:
    """Return status and detail of each check, and make sure that nothing was written."""
    before = {each.id: each.copy() for each in site.entities.values()}
    runner = CheckRunner()

    async def run() -> None:
        async with opened(Drupal(site), changes, **others) as portal:
            assert isinstance(portal, DrupalAdapter)
            await runner.run(portal.checks())

    asyncio.run(run())
    assert site.entities == before
    return {each.name: (each.status, each.detail) for each in runner.reports}


def failing(found: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {name: each for name, each in found.items() if each[0] not in {"ok", "skipped"}}


def test_all_checks_of_an_account_with_all_permissions() -> None:
    assert checked(filled()) == {
        "account": ("ok", 'account "reconciler"'),
        "version": ("ok", "JSON:API 1.0"),
        "map": ("ok", "the site has all 4 types"),
        "right-plan": ("ok", "reads 4 lists"),
        "right-apply-team": ("ok", 'may create "node--team"'),
        "right-apply-access-group": ("ok", 'may create "node--access_group"'),
        "rate-limit": ("ok", "no rate limit in the headers of the responses"),
    }


def test_the_checks_know_each_shape() -> None:
    assert failing(checked(filled(WITH_FIELDS), WITH_FIELDS)) == {}
    assert failing(checked(filled(WITH_GROUPS), WITH_GROUPS)) == {}


def test_an_empty_site_cannot_tell_its_fields() -> None:
    found = checked(site_with())

    assert found["map"] == (
        "ok",
        (
            "the site has all 4 types; without an object, the fields of node--api_product, node--team, "
            "node--access_group are not known"
        ),
    )
    assert found["right-apply-team"] == ("skipped", 'there is no "node--team" to try it with')


def test_a_wrong_password_fails_and_the_rest_is_skipped() -> None:
    found = checked(filled(), secret="wrong")

    assert found["account"][1].endswith(
        "does not accept the credentials: it treated the request as anonymous"
    )
    assert {each[0] for name, each in found.items() if name not in {"account", "rate-limit"}} == {"skipped"}


def test_names_that_the_site_does_not_have_are_shown_with_proposals() -> None:
    changes = {
        "team": {"members": "field_member", "ownerLabel": "owner"},
        "group": {"type": "node--access_groups"},
    }

    assert failing(checked(filled(), changes)) == {
        "map": (
            "failed",
            (
                'no resource type "node--access_groups"; set map.group.type to node--access_group or '
                "node--api_product or node--team; "
                '"node--team" does not show "owner"; it has field_external_id, field_reconciler_owner, '
                "field_display_name, field_delegated, field_members, field_admins, field_partner; "
                '"node--team" does not show "field_member"; it has field_members, field_partner, '
                "field_external_id"
            ),
        )
    }


def test_missing_permissions_are_named() -> None:
    site = filled()
    missing = {"view user email addresses", "administer users", "create team content"}
    site.add_user("limited", "l@portal.example", PASSWORD, PERMISSIONS - missing)

    assert failing(checked(site, user="limited")) == {
        "right-plan": ("failed", "the site does not show the e-mail addresses of other accounts"),
        "right-apply-team": ("warning", 'may not create "node--team", so apply is not possible'),
    }


def test_objects_that_are_left_out_are_named() -> None:
    site = filled()
    site.add("node--team", {"title": "acme/hidden", "status": False})

    assert failing(checked(site)) == {
        "right-plan": ("failed", 'the site leaves out objects of the type "node--team"')
    }


def test_a_site_that_is_read_only_can_be_planned() -> None:
    site = filled()
    site.read_only = True

    expected = ("warning", "JSON:API accepts no writes, so apply is not possible")
    assert failing(checked(site)) == dict.fromkeys(("right-apply-team", "right-apply-access-group"), expected)


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        ({"version": "2.0"}, "JSON:API 2.0, but this adapter knows version 1"),
        ({}, "JSON:API of an unknown version, but this adapter knows version 1"),
    ],
)
def test_another_version_of_json_api_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, document: dict[str, str], detail: str
) -> None:
    monkeypatch.setattr("tests.servers.drupal.server.VERSION", document)

    assert failing(checked(filled())) == {"version": ("warning", detail)}
