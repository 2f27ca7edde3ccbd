"""What the portal's audit log learns of a change: its commit, its plan, and its place in the files."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from reconciler.model.finding import Source
from reconciler.model.plan import Change, Plan, PlanSource
from reconciler.model.portal import PlanRecorder, Portal
from reconciler.portal_server.values.change_source import is_change_source, members_of
from reconciler.portals.embedded.change_source import source_headers
from reconciler.testing.harness import ALL
from tests.portals.embedded.running import ACME, TEAM, applied, create, delete, running, update

COMMIT = "9f31c0e2"
DIGEST = "sha256:" + "ab" * 32
PLAN = Plan(
    reconciler="1.0.0",
    portal="local",
    portal_id="p",
    scope="our-company",
    created="2026-11-24T04:30:00Z",
    today="2026-11-24",
    source=PlanSource(commit=COMMIT),
    digest=DIGEST,
)
ANA = create("membership/acme/integration/ana@acme.example", role="admin")
BASE = f'commit="{COMMIT}", plan="{DIGEST}"'


def placed(change: Change, file: str, line: int | None) -> Change:
    return msgspec.structs.replace(change, source=Source(file, line))


@pytest.mark.parametrize(
    ("file", "line", "shown"),
    [
        ("partners/acme.yaml", 12, "partners/acme.yaml:12"),
        ("partners/acme.yaml", None, "partners/acme.yaml"),
        ('partners/"a\\b".yaml', 1, "partners/%22a%5Cb%22.yaml:1"),
        ("partners/bö.yaml", 1, "partners/b%C3%B6.yaml:1"),
        ("partners/a\nb.yaml", 1, "partners/a%0Ab.yaml:1"),
    ],
)
def test_a_change_names_its_commit_its_plan_and_its_place(file: str, line: int | None, shown: str) -> None:
    headers = source_headers(PLAN, placed(ACME, file, line))

    assert headers == {"Change-Source": f'{BASE}, file="{shown}"'}
    assert members_of(headers["Change-Source"]) == {"commit": COMMIT, "plan": DIGEST, "file": shown}


def test_a_place_that_is_too_long_is_left_out() -> None:
    room = 512 - len(f'{BASE}, file=""')
    fits, too_long = (source_headers(PLAN, placed(ACME, "a" * length, None)) for length in (room, room + 1))

    assert len(fits["Change-Source"]) == 512
    assert is_change_source(fits["Change-Source"])
    assert too_long == {"Change-Source": BASE}


def test_what_is_unknown_is_left_out() -> None:
    outside_git = msgspec.structs.replace(PLAN, source=PlanSource())
    bare = msgspec.structs.replace(outside_git, digest="")

    assert source_headers(outside_git, ACME) == {"Change-Source": f'plan="{DIGEST}"'}
    assert source_headers(bare, ACME) == {}
    assert source_headers(None, placed(ACME, "partners/acme.yaml", 1)) == {}


def test_every_sort_of_write_names_the_plan(tmp_path: Path) -> None:
    acme, team, ana = (
        placed(each, "partners/acme.yaml", line) for each, line in ((ACME, 1), (TEAM, 7), (ANA, 9))
    )
    changed = placed(
        update("partner/acme", {"owner": "partnerships"}, {"owner": "sales"}), "partners/acme.yaml", 3
    )
    again = placed(create(ANA.id, "sha256:1", role="admin"), "partners/acme.yaml", 9)

    def sources(entries: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
        return [(entry["action"], entry["kind"], entry["source"]) for entry in entries]

    with running(tmp_path) as portal:

        async def write(adapter: Portal, *changes: Change) -> None:
            assert isinstance(adapter, PlanRecorder)
            adapter.record_plan(PLAN)
            await adapter.read(ALL, lambda *_: None)
            for change in changes:
                await applied(adapter, change, "our-company")

        portal.with_portal(lambda adapter: write(adapter, acme, team, ana, changed))
        portal.clock.pass_days(8)
        portal.with_portal(lambda adapter: write(adapter, again, *delete(ANA.id)))
        entries = portal.ask("GET", "/audit?limit=1000")["items"]

    def at(line: int) -> str:
        return f'{BASE}, file="partners/acme.yaml:{line}"'

    assert sources([entry for entry in entries if entry["kind"] in {"partner", "team", "member"}]) == [
        ("create", "partner", at(1)),
        ("create", "team", at(7)),
        ("invite", "member", at(9)),
        ("update", "partner", at(3)),
        ("invite", "member", at(9)),
        ("delete", "member", BASE),
    ]
