"""Findings, as people read them and as scripts do."""

from reconciler.model.finding import Finding, Severity, Source
from reconciler.render import json_format, text
from tests.render.plans import lines

FOUND = (
    Finding.at(Source("partners/acme.yaml", 4, 7), "schema", '"typ" is no key here', 'did you mean "type"?'),
    Finding.at(Source("partners/acme.yaml"), "yaml", "the file is empty", severity=Severity.WARNING),
    Finding.at(None, "unused-offer", "nobody takes it up", severity=Severity.INFO, id="access-group/pilot"),
)


def test_no_file_begins_a_line_as_commands_to_runners_do() -> None:
    finding = Finding(
        rule="yaml", severity=Severity.ERROR, message="no", file="::stop-commands::x.yaml", line=1
    )

    assert text.findings([finding], color=False).startswith("\\u003a:stop-commands::x.yaml:1: error: no")


def test_a_finding_is_a_line_that_editors_jump_to() -> None:
    assert text.findings(FOUND, color=False, files=2, documents=3) == lines(
        """
        partners/acme.yaml:4:7: error: "typ" is no key here; did you mean "type"? [schema]
        partners/acme.yaml: warning: the file is empty [yaml]
        note: nobody takes it up [unused-offer]
        3 documents in 2 files: 1 error, 1 warning, 1 note.
        """
    )


def test_without_findings_there_is_nothing_to_say() -> None:
    said = text.findings((), color=False, files=1, documents=1)

    assert said == "1 document in 1 file: no findings.\n"


def test_the_severity_is_coloured_and_the_rule_is_dim() -> None:
    [line, _] = text.findings(FOUND[:1], color=True).splitlines()

    assert line == (
        'partners/acme.yaml:4:7: \x1b[31merror\x1b[0m: "typ" is no key here; did you mean "type"? '
        "\x1b[2m[schema]\x1b[0m"
    )


def test_scripts_get_every_key_of_every_finding() -> None:
    assert json_format.findings((FOUND[0], FOUND[2]), files=2, documents=3) == lines(
        """
        {
          "format": "reconciler-findings/1.2",
          "findings": [
            {
              "rule": "schema",
              "severity": "error",
              "message": "\\"typ\\" is no key here",
              "hint": "did you mean \\"type\\"?",
              "file": "partners/acme.yaml",
              "line": 4,
              "column": 7,
              "id": null,
              "inBase": false
            },
            {
              "rule": "unused-offer",
              "severity": "info",
              "message": "nobody takes it up",
              "hint": "",
              "file": null,
              "line": null,
              "column": null,
              "id": "access-group/pilot",
              "inBase": false
            }
          ],
          "summary": {
            "files": 2,
            "documents": 3,
            "errors": 1,
            "warnings": 0,
            "notes": 1
          }
        }
        """
    )
