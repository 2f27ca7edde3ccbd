"""What a site must show before anything is decided from it."""

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.errors import InputError, PortalError
from tests.portals.drupal.sites import PASSWORD, PERMISSIONS, URL, WITH_GROUPS, read, site_with
from tests.servers.drupal.server import Drupal
from tests.servers.drupal.site import Site

RIGHTS = "give the account the permissions in docs/portals/drupal.md"
WHERE = f'portal "here" at {URL}'
CLIENT: dict[str, Any] = {
    "user": None,
    "password": None,
    "clientId": "sync",
    "clientSecret": {"env": "PORTAL_SECRET"},
}


def failure(application: Drupal, changes: Mapping[str, Any] | None = None, **others: Any) -> tuple[str, str]:
    with pytest.raises((PortalError, InputError)) as raised:
        read(application, changes, **others)
    return raised.value.message, raised.value.hint


def problem(site: Site, changes: Mapping[str, Any] | None = None, **others: Any) -> str:
    return read(Drupal(site), changes, **others)[0].problem


def limited(site: Site, *without: str) -> dict[str, Any]:
    """Add an account that lacks permissions, and return the settings for it."""
    site.add_user("limited", "limited@portal.example", PASSWORD, PERMISSIONS.difference(without))
    return {"user": "limited"}


def test_a_wrong_password_is_an_error_although_drupal_answers_with_200() -> None:
    application = Drupal(site_with())

    assert failure(application, secret="wrong") == (
        f"{WHERE} does not accept the credentials: it treated the request as anonymous",
        "check user and password, or the client: Drupal treats a request with a wrong password as anonymous",
    )
    assert application.requests == [("GET", "/jsonapi")]


def test_a_client_reads_with_a_token() -> None:
    site = site_with()
    site.clients["sync"] = (PASSWORD, site.user("reconciler@portal.example").id)
    application = Drupal(site)

    found, traffic = read(application, **CLIENT)

    assert (found.problem, traffic.requests) == ("", 5)
    assert application.requests[:2] == [("POST", "/oauth/token"), ("GET", "/jsonapi")]


def test_a_wrong_secret_of_a_client_is_rejected() -> None:
    message, hint = failure(Drupal(site_with()), **CLIENT)

    assert message.endswith("does not accept the client secret: invalid_client: Client authentication failed")
    assert hint == "check the client secret from PORTAL_PASSWORD"


def test_a_type_that_the_site_lacks_is_named_with_a_proposal() -> None:
    assert failure(Drupal(site_with()), {"team": {"type": "node--teams"}}) == (
        f'{WHERE} has no resource type "node--teams" (team)',
        "set map.team.type to node--team or node--bundle or node--partner",
    )


def test_a_field_that_no_object_shows_proves_nothing() -> None:
    site = site_with()
    site.add("node--team", {"title": "acme/ops"})

    found = problem(site, {"team": {"admins": "field_leads"}})

    assert found == f'"node--team" does not show "field_leads", which may be hidden or not exist: {RIGHTS}'


def test_content_that_is_left_out_proves_nothing() -> None:
    site = site_with(page_size=2)
    for number in range(5):
        site.add("node--api_product", {"title": f"api-{number}", "status": number != 1})

    found = read(Drupal(site))[0]

    assert found.problem == (
        f"{URL}/jsonapi/node/api_product: the service leaves out items: Some resources have been omitted "
        f"because of insufficient authorization.: {RIGHTS}"
    )
    # The second page is read although the first one is short.
    assert list(found.apis) == ["api-0", "api-2", "api-3", "api-4"]


def test_an_unpublished_api_is_read_with_the_right_to_see_it() -> None:
    site = site_with()
    site.add("node--api_product", {"title": "rates", "status": False})
    site.add_user("reader", "r@portal.example", PASSWORD, PERMISSIONS | {"bypass node access"})

    assert list(read(Drupal(site), user="reader")[0].apis) == ["rates"]


def test_hidden_addresses_prove_nothing() -> None:
    site = site_with()
    site.add_user("ana", "ana@acme.example")
    others = limited(site, "administer users", "view user email addresses")

    # The administrator, ana and the account `reconciler`; the account sees its own address.
    assert problem(site, **others) == f"3 accounts hide their e-mail address: {RIGHTS}"


def test_a_blocked_account_is_hidden_and_matters_only_where_it_is_referred_to() -> None:
    site = site_with()
    bo = site.add_user("bo", "bo@acme.example")
    bo.attributes["status"] = False
    team = site.add("node--team", {"title": "acme/ops"})
    others = limited(site, "administer users")

    before = problem(site, **others)
    team.references["field_members"] = [bo.id]

    assert (before, problem(site, **others)) == ("", f"1 account hides its e-mail address: {RIGHTS}")


def test_a_hidden_object_that_others_refer_to_proves_nothing() -> None:
    site = site_with()
    team = site.add("node--team", {"title": "acme/ops"})
    site.add("node--access_group", {"title": "gold"}, {"field_teams": [team.id]})
    team.type = site.types["node--partner"]

    assert problem(site) == (
        f"1 object is referred to, but in no list, so the account may not see everything: {RIGHTS}"
    )


def test_the_visitor_is_nobody_and_people_are_their_addresses() -> None:
    site = site_with()
    site.add_user("ana", "Ana@Acme.example")
    site.add_user("cy")

    found = read(Drupal(site))[0].accounts or frozenset()

    assert {each for each in found if not each.endswith("@users.invalid")} == {
        "ana@acme.example",
        "reconciler@portal.example",
    }
    # cy and the administrator have no address.
    assert len(found) == 4


def test_the_role_of_admins_must_exist() -> None:
    site = site_with(WITH_GROUPS)
    changes = {**WITH_GROUPS, "membership": {**WITH_GROUPS["membership"], "adminRole": "team-boss"}}

    assert problem(site, changes) == (
        f'no "group_role--group_role" has the machine name "team-boss": {RIGHTS}'
    )


def test_a_deleted_object_that_is_still_referred_to_is_no_resource() -> None:
    site = site_with()
    site.add("node--access_group", {"title": "gold"}, {"field_teams": ["deleted"]})

    found = read(Drupal(site))[0]

    assert (list(found.resources), found.problem) == (["access-group/gold"], "")


def test_of_objects_with_one_title_the_one_with_our_label_has_the_name() -> None:
    site = site_with()
    theirs = site.add("node--team", {"title": "acme/ops"})
    site.add("node--team", {"title": "acme/ops", "field_reconciler_owner": "our-company"})

    found = read(Drupal(site))[0].resources

    assert {each.id: each.owner_label for each in found.values()} == {
        "team/acme/ops": "our-company",
        f"team/acme/ops ({theirs.id})": None,
    }


def test_a_team_is_named_after_its_partner_or_has_its_name() -> None:
    site = site_with()
    for title in ("acme/ops", "Bolt", "/x", "core/a/b"):
        site.add("node--team", {"title": title})

    assert list(read(Drupal(site))[0].resources) == [
        "team/acme/ops",
        "team/Bolt/Bolt",
        "team/%2Fx/%2Fx",
        "team/core/a%2Fb",
    ]
