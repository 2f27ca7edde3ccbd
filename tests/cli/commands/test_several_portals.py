"""Commands for several portals at once."""

import asyncio
import json
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import msgspec
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from reconciler.cli.actions import apply
from reconciler.model.portal import Portal, TextLimit
from reconciler.portal_server import ApiEntry, create_app, issue_token
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.workflow.sessions import open_portal
from tests.cli.running import CONFIGURATION, PARTNER, Place
from tests.cli.test_exit_codes import Interrupting, around
from tests.end_to_end.drupal_company import drupal_settings
from tests.forge.serving import served
from tests.portals.drupal.granted import granted
from tests.portals.drupal.sites import PASSWORD, site_with
from tests.servers.drupal.server import Drupal

AWAY = '    away: {type: embedded, url: "http://127.0.0.1:9", token: {env: PORTAL_TOKEN}}'
LAB = "    lab: {type: embedded, database: .reconciler/lab.db}"
UNREACHABLE = 'portal "away" at http://127.0.0.1:9 cannot be reached: connection refused'


@pytest.fixture
def two(place: Place) -> Place:
    """A repository with two portals."""
    return place.write(reconciler=CONFIGURATION.replace(AWAY, LAB))


@pytest.fixture
def three(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A repository with two portals, and a third one that cannot be reached."""
    monkeypatch.setenv("PORTAL_TOKEN", "x")
    return place.write(reconciler=CONFIGURATION.replace(AWAY, f"{LAB}\n    {AWAY}"))


def headings(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if line.startswith("==")]


def test_plans_are_shown_in_a_section_each(two: Place) -> None:
    two.run("apply", "--auto-approve", "--portal", "lab")
    ran = two.run("plan", "--portal", "lab", "--portal", "local")
    alone = two.run("plan", "--portal", "local").out

    assert (ran.code, ran.out) == (
        0,
        (
            f"== lab ==\n\nNo changes.\n\n== local ==\n\n{alone}\n== Summary ==\n\n"
            "lab    No changes\nlocal  1 person gains access; 6 changes\n"
        ),
    )


def test_findings_of_several_portals_name_their_portal(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = msgspec.structs.replace(CAPABILITIES, limits={"partner.displayName": TextLimit(3)})
    monkeypatch.setattr("reconciler.portals.embedded.CAPABILITIES", limited)
    ran = two.run("validate", "--portal", "all")
    message = "the portal accepts at most 3 characters as displayName of a partner, not 4"

    assert ran.code == 3
    assert f"partners/acme.yaml:6:16: error: portal lab: {message}" in ran.out
    assert f"partners/acme.yaml:6:16: error: portal local: {message}" in ran.out
    assert ran.out.count(message) == 2
    assert f"partners/acme.yaml:6:16: error: {message}" in two.run("validate", "--portal", "lab").out


def test_names_can_be_separated_by_commas_or_spaces(two: Place) -> None:
    expected = ["== lab ==", "== local ==", "== Summary =="]

    assert [headings(two.run("plan", "--portal", each).out) for each in ("lab,local", "lab local lab")] == [
        expected,
        expected,
    ]


def test_all_are_all_portals_in_the_order_of_the_configuration(two: Place) -> None:
    assert headings(two.run("plan", "--portal", "all").out) == ["== local ==", "== lab ==", "== Summary =="]


def test_a_portal_that_cannot_be_reached_stops_no_other(three: Place) -> None:
    ran = three.run("plan", "--portal", "all", "--format", "json", "--detailed-exitcode")
    found = json.loads(ran.out)

    assert (
        ran.code,
        found["format"],
        found["portals"],
        [(each["portal"], len(each["changes"])) for each in found["plans"]],
        [(each["portal"], each["message"], each["exitCode"]) for each in found["failures"]],
        ran.err.splitlines()[0],
    ) == (
        5,
        "reconciler-plans/1.0",
        ["local", "lab", "away"],
        [("local", 6), ("lab", 6)],
        [("away", UNREACHABLE, 5)],
        f"Error: {UNREACHABLE}",
    )


def test_a_failure_is_shown_in_text_and_in_markdown(three: Place) -> None:
    text, markdown = (
        three.run("plan", "--portal", "all", "--format", each).out for each in ("text", "markdown")
    )

    assert (
        f"== away ==\n\nError: {UNREACHABLE}\nHint: " in text,
        text.splitlines()[-1],
        "### ⛔ Not planned: `away`" in markdown,
        markdown.splitlines()[2],
    ) == (
        True,
        f"away   not planned: {UNREACHABLE}",
        True,
        "| `local` | 🔴 | 1 person gains access; 6 changes |",
    )


def test_a_page_has_a_section_for_each_portal_and_no_id_twice(three: Place) -> None:
    page = three.run("plan", "--portal", "all", "--format", "html").out
    ids = [part.partition('"')[0] for part in page.split(' id="')[1:]]

    assert (
        [each for each in ids if each.startswith("portal-") and each.count("-") == 1],
        len(ids) - len(set(ids)),
        "<script" in page,
        "cannot be reached" in page,
    ) == (["portal-local", "portal-lab", "portal-away"], 0, False, True)


def test_one_plan_is_as_it_was(two: Place) -> None:
    assert json.loads(two.run("plan", "--portal", "lab", "--format", "json").out)["portal"] == "lab"


def test_the_worst_exit_code_counts(two: Place) -> None:
    two.run("apply", "--auto-approve", "--portal", "lab")
    two.write(partners__acme=PARTNER.replace("name: acme}", "name: acme, portals: [local]}"))
    codes = [
        two.run("plan", "--detailed-exitcode", "--portal", each).code for each in ("local", "lab", "all")
    ]

    assert codes == [2, 3, 3]


def test_findings_of_all_portals_are_shown_once(two: Place) -> None:
    two.write(partners__acme=PARTNER.replace("domains: [", "domains: [gmail.com, "))
    ran = two.run("plan", "--portal", "all")

    assert (headings(ran.out)[0], ran.out.count("[public-domain]")) == ("== All portals ==", 1)


def test_each_plan_is_saved_in_a_file_of_its_own(three: Place) -> None:
    plans = three.folder / "plans"
    plans.mkdir()
    three.run("plan", "--portal", "local", "--out", "plans/")
    (plans / "local.json").rename(plans / "removed.json")
    three.run("plan", "--portal", "all", "--out", "plans/")

    assert {path.name: json.loads(path.read_text())["portal"] for path in plans.iterdir()} == {
        "local.json": "local",
        "lab.json": "lab",
    }


def test_other_files_in_the_folder_of_plans_are_not_deleted(two: Place) -> None:
    (two.folder / "package.json").write_text("{}")
    ran = two.run("plan", "--portal", "all", "--out", ".")

    assert (ran.code, ran.err.splitlines()[0], (two.folder / "package.json").read_text()) == (
        1,
        "Error: package.json exists, and is not a plan, so it is not replaced",
        "{}",
    )


def test_a_file_cannot_hold_several_plans(two: Place) -> None:
    (two.folder / "plan.json").write_text("")
    ran = two.run("plan", "--portal", "all", "--out", "plan.json")

    assert (ran.code, ran.err) == (
        1,
        "Error: plan.json is not a folder\nHint: several plans need a folder: give another name\n",
    )


def test_the_only_portal_is_the_default_one(place: Place) -> None:
    only = CONFIGURATION.replace(f"{AWAY}\n", "").replace("      defaultPortal: local\n", "")
    place.write(reconciler=only)

    assert place.run("plan").out.splitlines()[0] == "Plan for local (our-company), 2026-11-24"


def test_without_a_default_one_of_several_has_to_be_chosen(two: Place) -> None:
    two.write(reconciler=CONFIGURATION.replace(AWAY, LAB).replace("      defaultPortal: local\n", ""))
    ran = two.run("plan")

    assert (ran.code, ran.err) == (
        1,
        "Error: no portal is chosen\nHint: give one with --portal, or set defaultPortal; known: local, lab\n",
    )


def receipts(place: Place) -> list[str]:
    kept = (place.folder / ".reconciler" / "receipts").glob("*.json")
    return sorted(json.loads(path.read_text())["portal"] for path in kept)


def test_portals_of_different_types_are_planned_and_applied_in_one_run(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)
    application = Drupal(site_with({}))
    application.site.add("node--api_product", {"title": "tracking-v2"})
    with served(application) as url:
        site = f"    site: {json.dumps(drupal_settings(url))}"
        place.write(reconciler=CONFIGURATION.replace(AWAY, site))
        runs = [
            place.run(*command, "--portal", "all")
            for command in (("plan",), ("apply", "--auto-approve"), ("plan",))
        ]

    sections = ["== local ==", "== site ==", "== Summary =="]
    assert [(ran.code, headings(ran.out)[-5:]) for ran in runs] == [
        (0, sections),
        (0, [*sections, *sections[:2]]),
        (0, sections),
    ]
    assert (receipts(place), runs[2].out.count("No changes.")) == (["local", "site"], 2)
    assert granted(application.site, "ana@acme.example") == {"tracking-v2"}


def test_portals_are_changed_one_after_the_other(two: Place) -> None:
    ran = two.run("apply", "--portal", "all", "--auto-approve")

    assert (ran.code, ran.out.partition("== Summary ==")[2], receipts(two)) == (
        0,
        (
            "\n\nlocal  1 person gains access; 6 changes\nlab    1 person gains access; 6 changes\n"
            "\n== local ==\n\nApplied 6.\n\n== lab ==\n\nApplied 6.\n"
        ),
        ["lab", "local"],
    )


def test_a_portal_that_fails_does_not_stop_the_next_one(three: Place) -> None:
    ran = three.run("apply", "--portal", "away,lab", "--auto-approve", "--format", "json")
    found = json.loads(ran.out)

    assert (
        ran.code,
        found["format"],
        [(each["portal"], each["outcome"]) for each in found["receipts"]],
        [(each["portal"], each["message"]) for each in found["failures"]],
        receipts(three),
    ) == (5, "reconciler-receipts/1.0", [("lab", "complete")], [("away", UNREACHABLE)], ["lab"])


def test_only_the_denied_portal_is_left_alone(two: Place) -> None:
    two.run("apply", "--portal", "all", "--auto-approve")
    two.write(
        partners__acme=PARTNER.replace("name: acme}", "name: acme, portals: [local]}").replace(
            "Acme\n", "Acme Ltd\n"
        )
    )
    ran = two.run("apply", "--portal", "all", "--auto-approve")

    assert (ran.code, ran.out.splitlines()[-3:], ran.err.splitlines()[-2:-1]) == (
        3,
        ["== local ==", "", "Applied 1."],
        ['Error: portal "lab": 1 error blocks the plan; nothing was written'],
    )


INTERRUPTED = (
    'Error: portal "lab": interrupted (SIGINT): nothing was written\n'
    "Hint: apply again: this portal was not begun\n"
)


def test_an_interrupt_while_a_portal_is_changed_begins_no_other(
    two: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    around(monkeypatch, Interrupting)
    ran = two.run("apply", "--portal", "all", "--auto-approve")

    assert (ran.code, INTERRUPTED in ran.err, receipts(two)) == (6, True, ["local"])


def test_an_interrupt_between_two_portals_keeps_the_receipt_and_begins_no_other(
    two: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def opened(*arguments: Any) -> AsyncIterator[Portal]:
        if "lab" in arguments:
            os.kill(os.getpid(), signal.SIGINT)
            # The event loop handles the signal before it continues here.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        async with open_portal(*arguments) as portal:
            yield portal

    two.run("plan", "--portal", "all", "--out", "plans/")
    monkeypatch.setattr(apply, "open_portal", opened)
    ran = two.run("apply", "plans/local.json", "plans/lab.json", "--format", "json")
    found = json.loads(ran.out)

    assert (
        ran.code,
        INTERRUPTED in ran.err,
        receipts(two),
        [(each["portal"], each["outcome"]) for each in found["receipts"]],
        [(each["portal"], each["exitCode"]) for each in found["failures"]],
    ) == (6, True, ["local"], [("local", "complete")], [("lab", 6)])


class Meeting:
    """An application that answers nobody until both portals have been asked for the first time."""

    def __init__(self, application: ASGIApp, both: threading.Barrier) -> None:
        self._application, self._both = application, both
        self._has_met = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._has_met:
            self._has_met = True
            await asyncio.to_thread(self._both.wait)
        await self._application(scope, receive, send)


@pytest.mark.parametrize("command", [("plan",), ("access", "--live"), ("apply", "--auto-approve")])
def test_portals_are_read_at_the_same_time(
    place: Place, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    databases = [str(place.folder / f"{name}.db") for name in ("here", "there")]
    # A portal that is read after the other one breaks the barrier, and is never answered.
    both = threading.Barrier(2, timeout=10)
    apis = [ApiEntry("tracking-v2", "Tracking", "logistics")]
    applications = [create_app(each, apis=apis) for each in databases]
    with (
        closing(applications[0].state.database),
        closing(applications[1].state.database),
        served(Meeting(applications[0], both)) as here,
        served(Meeting(applications[1], both)) as there,
    ):
        portals = []
        for name, url, database in zip(("here", "there"), (here, there), databases, strict=True):
            variable = f"PORTAL_TOKEN_{name.upper()}"
            monkeypatch.setenv(variable, issue_token(database, name="test", scope="admin"))
            portals.append(f'    {name}: {{type: embedded, url: "{url}", token: {{env: {variable}}}}}')
        place.write(reconciler=CONFIGURATION.replace(AWAY, "\n    ".join(portals)))

        assert place.run(*command, "--portal", "here,there").code == 0


def test_without_a_terminal_nothing_is_asked_and_nothing_written(two: Place) -> None:
    ran = two.run("apply", "--portal", "all")

    assert (ran.code, ran.err.count("there is no terminal to ask on"), receipts(two)) == (1, 1, [])


def test_each_portal_needs_its_approved_digest(two: Place) -> None:
    plans = json.loads(two.run("plan", "--portal", "all", "--format", "json").out)["plans"]
    approved = [f"--approved={each['digest']}" for each in plans]
    first = two.run("apply", "--portal", "all", approved[1])
    both = two.run("apply", "--portal", "all", *approved)

    assert (first.code, both.code, receipts(two)) == (4, 0, ["lab", "local"])


def test_saved_plans_are_applied_one_after_the_other(two: Place) -> None:
    two.run("plan", "--portal", "all", "--out", "plans/")
    ran = two.run("apply", "plans/lab.json", "plans/local.json")

    assert (ran.code, ran.out, receipts(two)) == (
        0,
        "\n== lab ==\n\nApplied 6.\n\n== local ==\n\nApplied 6.\n",
        ["lab", "local"],
    )


def test_two_saved_plans_for_one_portal_are_refused(two: Place) -> None:
    two.run("plan", "--out", "plan.json")
    ran = two.run("apply", "plan.json", "plan.json")

    assert (ran.code, ran.err.splitlines()[0], receipts(two)) == (
        1,
        "Error: two of the plans are for the same portal; nothing was written",
        [],
    )


def test_a_saved_plan_is_for_one_portal(two: Place) -> None:
    two.run("plan", "--portal", "all", "--out", "plans/")
    wrong = [
        two.run("apply", "plans/lab.json", "--portal", "lab,local"),
        two.run("apply", "plans/lab.json", "plans/local.json", "--portal", "lab"),
    ]

    assert [(ran.code, ran.err.splitlines()[-1]) for ran in wrong] == [
        (1, "Error: A saved plan is for one portal: leave out --portal.")
    ] * 2


def test_what_exists_is_adopted_in_all_portals(two: Place) -> None:
    two.run("apply", "--portal", "all", "--auto-approve")
    ran = two.run("adopt", "--all-desired", "--portal", "all", "--auto-approve")

    assert (ran.code, ran.err.count("Nothing to adopt")) == (0, 2)


def test_access_in_several_portals_has_a_section_each(two: Place) -> None:
    two.run("apply", "--portal", "lab", "--auto-approve")
    ran = two.run("access", "--live", "--portal", "lab,local")
    alone = [two.run("access", "--live", "--portal", each).out for each in ("lab", "local")]

    assert ran.out == f"== lab ==\n\n{alone[0]}\n== local ==\n\n{alone[1]}"


def test_access_in_a_portal_that_cannot_be_read_is_a_failure_beside_the_others(three: Place) -> None:
    three.run("apply", "--portal", "lab", "--auto-approve")
    ran = three.run("access", "--live", "--portal", "all", "--format", "json")
    found = json.loads(ran.out)

    assert (
        ran.code,
        [(each["portal"], len(each["report"]["rows"])) for each in found["reports"]],
        [(each["portal"], each["exitCode"]) for each in found["failures"]],
        ran.err.splitlines()[0],
    ) == (5, [("local", 0), ("lab", 1)], [("away", 5)], f"Error: {UNREACHABLE}")


def test_access_by_the_files_differs_by_the_portals_of_documents(two: Place) -> None:
    two.write(partners__acme=PARTNER.replace("name: acme}", "name: acme, portals: [lab]}"))
    ran = two.run("access", "--portal", "all", "--format", "json")

    assert [(each["portal"], len(each["report"]["rows"])) for each in json.loads(ran.out)["reports"]] == [
        ("local", 0),
        ("lab", 1),
    ]


def test_a_name_that_no_portal_has_is_an_error(two: Place) -> None:
    ran = two.run("access", "--live", "--portal", "all", "--partner", "acne")

    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        'Error: --partner: "acne" is neither in the files nor in the portal; did you mean "acme"?',
    )


@pytest.mark.parametrize("option", ["--explain", "--format=csv"])
def test_some_reports_show_one_portal(two: Place, option: str) -> None:
    ran = two.run("access", "--portal", "all", option)

    assert (ran.code, ran.err.splitlines()[-1].endswith("shows one portal: choose one with --portal.")) == (
        1,
        True,
    )


def test_access_in_markdown_has_a_heading_for_each_portal(three: Place) -> None:
    ran = three.run("access", "--live", "--portal", "lab,away", "--format", "markdown")

    assert [line for line in ran.out.splitlines() if line.startswith(("###", "Not"))] == [
        "### `lab`",
        "### `away`",
        "Not read.",
    ]
