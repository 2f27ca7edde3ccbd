"""What a reviewer has to look at of what changes in files alone."""

from typing import Any

import msgspec
import pytest

from reconciler.model.plan import FileChange
from reconciler.policy import risks
from tests.builders import group
from tests.policy.planning import world
from tests.states import holding


def of_file(about: str, path: str, before: Any, after: Any) -> list[tuple[str, str, str]]:
    changed = FileChange(about=about, path=path, before=before, after=after)
    judged = msgspec.structs.replace(world(holding(group("g")), group("g")), file_changes=[changed])
    return [(each.rule, each.rank, each.message) for each in risks(judged, ())]


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        (
            "rules.admin-domain",
            None,
            "off",
            ("setting-loosened", "high", "setting `rules.admin-domain` is now `off` (was not set)"),
        ),
        (
            "rules.admin-count",
            None,
            "error",
            ("setting-tightened", "low", "setting `rules.admin-count` is now `error` (was not set)"),
        ),
        (
            "rules.admin-count",
            "error",
            None,
            ("setting-loosened", "high", "setting `rules.admin-count` is now not set (was `error`)"),
        ),
        (
            "guard.peopleLosing",
            {"count": 10, "percent": 25},
            {"count": 10, "percent": 50},
            (
                "setting-loosened",
                "high",
                (
                    'setting `guard.peopleLosing` is now `{"count":10,"percent":50}`'
                    ' (was `{"count":10,"percent":25}`)'
                ),
            ),
        ),
        (
            "guard.endWithinDays",
            30,
            7,
            ("setting-loosened", "high", "setting `guard.endWithinDays` is now `7` (was `30`)"),
        ),
        (
            "guard.endWithinDays",
            30,
            60,
            ("setting-tightened", "low", "setting `guard.endWithinDays` is now `60` (was `30`)"),
        ),
        (
            "guard.allow",
            [],
            ["sha256:1"],
            ("setting-loosened", "high", 'setting `guard.allow` is now `["sha256:1"]` (was `[]`)'),
        ),
        (
            "allowEmpty",
            False,
            True,
            ("setting-loosened", "high", "setting `allowEmpty` is now `true` (was `false`)"),
        ),
        (
            "portals.x",
            {"url": "a"},
            {"url": "b"},
            ("setting-loosened", "high", 'setting `portals.x` is now `{"url":"b"}` (was `{"url":"a"}`)'),
        ),
        (
            "owners.new",
            None,
            {"email": "a"},
            ("setting-changed", "low", 'setting `owners.new` is now `{"email":"a"}` (was not set)'),
        ),
        (
            "owners.old",
            {"email": "b"},
            {"email": "a"},
            (
                "setting-loosened",
                "high",
                'setting `owners.old` is now `{"email":"a"}` (was `{"email":"b"}`)',
            ),
        ),
        (
            "paths.x",
            None,
            ["Partner"],
            ("setting-changed", "medium", 'setting `paths.x` is now `["Partner"]` (was not set)'),
        ),
        (
            "unheardOf",
            None,
            1,
            ("setting-loosened", "high", "setting `unheardOf` is now `1` (was not set)"),
        ),
    ],
)
def test_a_setting_that_lets_more_pass_is_a_high_risk(path: str, before: Any, after: Any, said: Any) -> None:
    assert of_file("configuration", path, before, after) == [said]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            [{"type": "external", "level": "view"}],
            [{"type": "external", "level": "consume"}],
            [("offer-widened", "high", "external partners may now get `consume` on `g` (was `view`)")],
        ),
        (
            None,
            [{"partner": "acme", "level": "consume", "maxDays": 90}],
            [
                (
                    "offer-widened",
                    "high",
                    "partner `acme` may now get `consume` for at most 90 days on `g` (was nothing)",
                )
            ],
        ),
        (
            [{"type": "reseller", "level": "consume"}],
            [],
            [("offer-narrowed", "low", "resellers may no longer use `g` (was `consume`)")],
        ),
        (
            [{"type": "reseller", "level": "consume", "maxDays": 30}],
            [{"type": "reseller", "level": "consume", "maxDays": 30}, {"type": "reseller", "level": "view"}],
            [
                (
                    "offer-widened",
                    "high",
                    (
                        "resellers may now get `consume` for at most 30 days and `view` on `g` (was"
                        " `consume` for at most 30 days)"
                    ),
                )
            ],
        ),
        ([{"type": "reseller"}, {"type": "reseller", "level": "view"}], [{"type": "reseller"}], []),
    ],
)
def test_offers_are_sentences(before: Any, after: Any, said: Any) -> None:
    assert of_file("access-group/g", "offers", before, after) == said


def test_exceptions_and_what_a_catalog_says_of_an_api_are_risks() -> None:
    new = {"rule": "admin-count", "reason": "three shifts", "until": "2027-01-31"}

    assert [
        of_file("partner/acme", "exceptions", None, [new]),
        of_file("partner/acme", "exceptions", [new], None),
        of_file("api/rates", "visibility", "restricted", "public"),
        of_file("api/rates", "visibility", "public", "organization"),
        of_file("api/rates", "owner", "payments", "logistics"),
        of_file("access-group/g", "unmanagedGrants", "remove", None),
    ] == [
        [
            (
                "exception",
                "medium",
                "`acme` has an exception from `admin-count` until `2027-01-31`: `three shifts`",
            )
        ],
        [("exception-removed", "low", "`acme` has fewer exceptions from rules")],
        [("visibility-widened", "high", "API `rates` is now listed as `public` (was `restricted`)")],
        [("visibility-narrowed", "low", "API `rates` is now listed as `organization` (was `public`)")],
        [("api-owner", "high", "API `rates` now belongs to `logistics` (was `payments`)")],
        [("setting-changed", "medium", "`g`: setting `unmanagedGrants` is now not set (was `remove`)")],
    ]


@pytest.mark.parametrize(
    ("about", "path"),
    [
        ("partner/acme", "externalName"),
        ("partner/acme", "teams.ops.externalName"),
        ("access-group/g", "externalName"),
        ("api-product/suite", "externalName"),
    ],
)
def test_another_external_name_is_a_high_risk(about: str, path: str) -> None:
    assert of_file(about, path, "Ours", "Theirs") == [
        ("setting-loosened", "high", f"setting `{path}` is now `Theirs` (was `Ours`)")
    ]
