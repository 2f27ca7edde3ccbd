"""Findings as workflow commands, read as a runner reads them."""

import msgspec
from hypothesis import given

from reconciler.model.finding import Finding, Severity
from reconciler.model.printable import printable
from reconciler.render import github_annotations
from reconciler.render.locations import locate
from tests.render.forges import DENIED, FINDINGS, FOUND, WRONG, Command, commands, untimed
from tests.render.plans import lines

NAMES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def test_a_finding_is_a_command_at_its_line_and_the_last_line_counts_them() -> None:
    assert github_annotations.findings(FOUND, "access/reconciler.yaml") == lines(
        """
        ::error file=access/partners/acme.yaml,line=4,col=7,title=schema::"typ" is no key%0Ais it "type"?
        ::error file=access/partners/acme.yaml,line=9,col=3,title=admin-domain::no domain of theirs
        ::warning file=access/partners/b.yaml,line=1,title=yaml::the file is empty
        ::notice title=unused-offer::nobody takes it up
        2 errors, 1 warning, 1 notice.
        """
    )


def test_without_findings_there_is_nothing_to_say() -> None:
    assert github_annotations.findings((), "reconciler.yaml") == "No findings.\n"


def test_a_note_explains_that_the_forge_limits_annotations() -> None:
    last = [
        github_annotations.findings((WRONG,) * number, "reconciler.yaml").splitlines()[-1]
        for number in (10, 11)
    ]

    assert last == ["10 errors.", "11 errors. GitHub shows 10 of each severity; the complete list is above."]


def test_messages_cannot_start_a_command() -> None:
    said = "%\r\n::set-output name=a::b\n##[add-mask]c"
    finding = msgspec.structs.replace(DENIED, message=said, hint=said, file=f"{said},line=1.yaml", rule=said)

    shown = "%\\r\\n::set-output name=a::b\\n#\\u0023[add-mask]c"
    assert commands(github_annotations.findings((finding,), "reconciler.yaml")) == [
        Command(
            "error",
            {"file": f"{shown},line=1.yaml", "line": "9", "col": "3", "title": shown},
            f"{shown}\n{shown}",
        )
    ]


@untimed
@given(FINDINGS)
def test_a_runner_reads_each_finding_and_nothing_else(found: list[Finding]) -> None:
    read = commands(github_annotations.findings(found, "reconciler.yaml"))

    assert [(each.name, each.message, each.properties.get("file")) for each in read] == [
        (
            NAMES[each.finding.severity],
            told(each.finding),
            told_once(each.file) if each.finding.file else None,
        )
        for each in locate(found, "reconciler.yaml")
    ]


@untimed
@given(FINDINGS)
def test_a_runner_that_knows_no_notices_obeys_nothing_in_them(found: list[Finding]) -> None:
    notices = [msgspec.structs.replace(finding, severity=Severity.INFO) for finding in found]
    older = frozenset({"error", "warning", "add-mask", "set-output"})

    assert commands(github_annotations.findings(notices, "reconciler.yaml"), older) == []


def told(finding: Finding) -> str:
    """What people read of a finding."""
    return "\n".join(told_once(each) for each in (finding.message, finding.hint or None) if each is not None)


def told_once(text: str) -> str:
    return printable(text).replace("##[", "#\\u0023[")
