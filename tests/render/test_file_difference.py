"""The difference of a file, as it is shown before it is written."""

import pytest

from reconciler.render.text.file_difference import file_difference


def test_lines_that_change_are_shown_with_those_around_them() -> None:
    before = "".join(f"{number}\n" for number in range(10))

    assert file_difference("a.yaml", before, before.replace("5\n", "five\n6th\n"), color=False) == (
        "--- a.yaml\n+++ a.yaml\n@@ -3,7 +3,8 @@\n 2\n 3\n 4\n-5\n+five\n+6th\n 6\n 7\n 8\n"
    )


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (None, "x\n", "--- /dev/null\n+++ a.yaml\n@@ -0,0 +1 @@\n+x\n"),
        ("x\n", None, "--- a.yaml\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"),
        (
            "x",
            "x\n",
            "--- a.yaml\n+++ a.yaml\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n",
        ),
        ("x\r\ny\r\n", "x\r\nz\r\n", "--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n"),
        ("x\n", "x\n", ""),
    ],
    ids=["created", "removed", "last-break", "crlf", "equal"],
)
def test_files_come_and_go_and_end_without_a_line_break(
    before: str | None, after: str | None, shown: str
) -> None:
    assert file_difference("a.yaml", before, after, color=False) == shown


def test_only_our_own_colors_reach_a_terminal() -> None:
    assert file_difference("a\x1b[1m", "x\n", "\x1b[31my\u202e\n", color=True) == (
        "\x1b[1m--- a\\x1b[1m\x1b[0m\n\x1b[1m+++ a\\x1b[1m\x1b[0m\n\x1b[36m@@ -1 +1 @@\x1b[0m\n"
        "\x1b[31m-x\x1b[0m\n\x1b[32m+\\x1b[31my\\u202e\x1b[0m\n"
    )
