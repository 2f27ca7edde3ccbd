import msgspec

from reconciler.model.finding import Severity
from reconciler.policy import RuleContext, judge
from tests.builders import configuration, group, repository
from tests.policy.judging import TODAY


def test_a_file_that_is_not_read_is_a_note_at_the_file() -> None:
    files = msgspec.structs.replace(repository(group()), ignored={"partners/cord.txt": "its name is odd"})
    [found] = [each for each in judge(RuleContext(files, TODAY)) if each.rule == "unread-file"]

    assert (found.severity, found.file, found.line, found.message, found.hint) == (
        Severity.INFO,
        "partners/cord.txt",
        None,
        "partners/cord.txt is not read: its name is odd",
        "rename it if it contains documents, or move it elsewhere",
    )


def test_the_note_can_be_turned_off() -> None:
    quiet = configuration(rules={"unread-file": "off"})
    files = msgspec.structs.replace(repository(group(), configured=quiet), ignored={"x": "y"})

    assert [each for each in judge(RuleContext(files, TODAY)) if each.rule == "unread-file"] == []
