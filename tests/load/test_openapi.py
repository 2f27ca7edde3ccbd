"""Which APIs OpenAPI files describe, and what is said about files that describe none."""

from pathlib import Path

import pytest

from reconciler.load.openapi import described_apis
from reconciler.model.resource import OfferedApi


def api(name: str, title: str | None, owner: str | None = None) -> dict[str, OfferedApi]:
    return {name: OfferedApi(name, "restricted", owner, title)}


def described(folder: Path, **files: str) -> tuple[dict[str, OfferedApi], list[str]]:
    """Write files by name, in which `__` is a dot, and return the APIs and findings."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    found, findings = described_apis(folder)
    return found, [f"{each.file}:{each.line}: {each.message}; {each.hint}" for each in findings]


@pytest.mark.parametrize(
    ("info", "name", "title"),
    [
        ("{title: Tracking, version: 2.1.0}", "tracking-v2", "Tracking"),
        ("{title: Tracking API, version: v3}", "tracking-api-v3", "Tracking API"),
        ("{title: tracking-v2, version: 5.0.0}", "tracking-v2", "tracking-v2"),
        ("{title: Rates, version: 1.10}", "rates-v1", "Rates"),
        ("{title: Rates, version: 2}", "rates-v2", "Rates"),
        ("{title: Rates, version: latest}", "rates", "Rates"),
        ("{title: Rates}", "rates", "Rates"),
        ("{title: Öl & Gas (EU), version: '1'}", "ol-gas-eu-v1", "Öl & Gas (EU)"),
        ('{title: "Two\\n  lines", version: "1"}', "two-lines-v1", "Two lines"),
        ("{title: 追跡, version: '1', x-reconciler-name: tracking}", "tracking", "追跡"),
        ("{x-reconciler-name: Tracking.v2}", "Tracking.v2", None),
    ],
)
def test_an_api_is_named_after_title_and_major_version_or_as_the_file_says(
    tmp_path: Path, info: str, name: str, title: str | None
) -> None:
    assert described(tmp_path, a__yaml=f"openapi: 3.1.0\ninfo: {info}\n") == (api(name, title), [])


def test_files_of_all_formats_and_folders_are_read_and_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "rates.json").write_text(
        '{"swagger": "2.0", "info": {"title": "Rates", "version": "1"}}'
    )
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "secret.yaml").write_text("openapi: 3.1.0\ninfo: {title: Secret}\n")

    found, findings = described(
        tmp_path,
        tracking__yml="openapi: 3.0.3\ninfo: {title: Tracking, version: '1'}\n",
        owned__yaml="openapi: 3.0.3\ninfo: {title: Owned, version: '1', x-reconciler-owner: logistics}\n",
        package__json='{"name": "not an API"}',
        readme__md="openapi: 3.0.3",
        list__yaml="- openapi\n",
        empty__yaml="",
    )

    assert findings == []
    assert found == {
        **api("owned-v1", "Owned", "logistics"),
        **api("tracking-v1", "Tracking"),
        **api("rates-v1", "Rates"),
    }


def test_what_only_our_files_must_not_have_is_read(tmp_path: Path) -> None:
    text = """\
        # A comment
        openapi: 3.1.0
        x-common: &common {description: ok}
        info: {title: Tracking, version: 1.0.0, x-when: !!timestamp 2026-01-01}
        paths:
          /a: {get: {responses: {200: {<<: *common}, default: *common}}}
          /a: {}
        """

    assert described(tmp_path, a__yaml=text) == (api("tracking-v1", "Tracking"), [])


def test_files_for_minor_versions_of_one_api_are_one_api(tmp_path: Path) -> None:
    text = "openapi: 3.1.0\ninfo: {{title: Tracking, version: 2.{}.0}}\n"

    found = described(tmp_path, a__yaml=text.format(0), b__yaml=text.format(1))

    assert found == (api("tracking-v2", "Tracking"), [])


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    found, findings = described(
        tmp_path,
        a__yaml="openapi: 3.1.0\ninfo: {title: Tracking, version: '1'}\n",
        b__yaml="openapi: 3.1.0\ninfo: {title: TRACKING, version: '1'}\n",
        c__yaml="openapi: 3.1.0\n",
        d__yaml="openapi: 3.1.0\ninfo: {version: '1'}\n",
        e__yaml="openapi: 3.1.0\ninfo: {title: [a], version: '1'}\n",
        f__yaml="openapi: 3.1.0\ninfo: {title: 追跡, version: '1'}\n",
        g__yaml="openapi: 3.1.0\ninfo: {title: A, x-reconciler-name: a/b}\n",
        h__yaml="openapi: [3.1.0\n",
        i__json="{",
    )

    assert list(found) == ["tracking-v1"]
    rename = "with `x-reconciler-name` under `info`"
    flow = "invalid YAML: did not find expected ',' or ']' while parsing a flow sequence"
    another = f"give one of them another name {rename}"
    assert findings == [
        f'b.yaml:None: a.yaml has another title or owner for the API "tracking-v1"; {another}',
        "c.yaml:None: `info` is missing; add it, with title and version",
        f"d.yaml:None: `info.title` is missing; set the name of the API {rename}",
        "e.yaml:None: `info.title` must be text; quote it",
        f'f.yaml:None: `info.title` "追跡" has no Latin letter; set the name of the API {rename}',
        'g.yaml:None: "a/b" cannot be the name of an API; use letters, digits and the characters . _ ~ -',
        f"h.yaml:1: {flow}; close the list with ]",
        "i.json:None: i.json is not valid JSON: Input data was truncated; fix it, or move it elsewhere",
    ]
