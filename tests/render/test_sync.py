"""The result of a sync: what is said if nothing changes."""

from reconciler.model.sync_report import SyncReport
from reconciler.render import markdown, text


def test_a_sync_without_changes_says_so() -> None:
    report = SyncReport(source="crm", accounts=3, filtered=1)

    assert text.sync(report) == "Left out: 1 row by where or after a merge.\nNo changes.\n"
    assert markdown.sync(report) == ("No changes from `crm`.\n\nLeft out: 1 row by where or after a merge.\n")
