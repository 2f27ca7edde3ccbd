"""A branch hides lines from reviewers: YAML reads them, and a forge shows them at the end of another line."""

import pytest

from reconciler.load.yaml_parser import parse


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_branch_cannot_hide_a_member_in_a_comment_by_a_lone_carriage_return(ending: bytes) -> None:
    content = b"members:\n  - ana@acme.example # ask Bo\r  - mallory@evil.example\n".replace(b"\n", ending)

    documents, [finding], read = parse("partners/acme.yaml", content)

    assert (documents, read) == ([], False)
    assert (finding.rule, finding.line, finding.column) == ("yaml", 2, 30)
    assert "carriage return" in finding.message
