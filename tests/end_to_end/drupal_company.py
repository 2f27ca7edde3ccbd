"""The sample company on a Drupal site, which its accounts, teams and groups are read from directly."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.cli.running import Place
from tests.end_to_end.sample_company import Access, SampleCompany
from tests.forge.serving import served
from tests.portals.drupal.granted import granted
from tests.portals.drupal.sites import site_with
from tests.servers.drupal.server import Drupal
from tests.servers.drupal.site import Entity

FALLBACKS = {
    "until": "daily-run",
    "blocked": "each-run",
    "delegated": "unmanaged",
    "view": "omit",
    "invitations": "create",
}


def drupal_settings(url: str) -> dict[str, Any]:
    """Return the settings of a portal on a Drupal site."""
    return {
        "type": "drupal",
        "url": url,
        "profile": "apiboost",
        "user": "reconciler",
        "password": {"env": "PORTAL_PASSWORD"},
        "fallbacks": FALLBACKS,
    }


class DrupalCompany(SampleCompany):
    """The sample on a new site with its APIs; `map_changes` are those of the settings."""

    def __init__(self, place: Place, url: str, application: Drupal, map_changes: Mapping[str, Any]) -> None:
        super().__init__(place, json.dumps({**drupal_settings(url), "map": map_changes}))
        self.application, self.site = application, application.site
        self.url, self.map_changes = url, map_changes
        for api in self.apis:
            self.site.add("node--api_product", {"title": api})

    def granted(self, people: Iterable[str]) -> Access:
        """Return the levels of people for each API, from the entities of the site."""
        return {person: dict.fromkeys(granted(self.site, person), "consume") for person in people}

    def called(self, title: str) -> Entity:
        """Return the team or group with a title."""
        [found] = [
            each
            for each in self.site.entities.values()
            if title in {each.attributes.get("title"), each.attributes.get("label")}
            and each.type.name != "node--api_product"
        ]
        return found


@contextmanager
def drupal_company(place: Place, map_changes: Mapping[str, Any]) -> Iterator[DrupalCompany]:
    """Serve a new site, and yield the company on it."""
    application = Drupal(site_with(map_changes))
    with served(application) as url:
        yield DrupalCompany(place, url, application, map_changes)
