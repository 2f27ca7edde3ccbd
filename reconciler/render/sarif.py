"""SARIF 2.1.0 for code scanning: findings and the documentation of their rules."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from reconciler import __version__
from reconciler.model.counting import counted
from reconciler.model.finding import Finding, Severity
from reconciler.model.printable import printable
from reconciler.model.rule import DEFAULTS
from reconciler.render import ascii_json
from reconciler.render.locations import LocatedFinding, locate

# GitHub shows at most this many results per run and rejects more than 25,000.
MAX_RESULTS: Final = 5_000
_MAX_LENGTH: Final = 1_000
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_UNKNOWN: Final = "A rule of another version of Reconciler."
_ROOT: Final = "%SRCROOT%"
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s")


def findings(
    found: Sequence[Finding],
    configuration: str,
    *,
    about: str,
    rules: Mapping[str, str],
    documents: str = "",
) -> str:
    """Return a log of one run with at most 5,000 results, errors first.

    `configuration` is the path of the configuration from the root of the repository. `about` identifies
    the run among those that a forge keeps. `rules` is the documentation of each rule by id, `documents`
    the address of the project's documentation.
    """
    names = dict.fromkeys([*rules, *sorted({finding.rule for finding in found})])
    numbers = {name: number for number, name in enumerate(names)}
    results = [
        _result(each, numbers[each.finding.rule]) for each in locate(found, configuration)[:MAX_RESULTS]
    ]
    folder = configuration[: configuration.rfind("/") + 1]
    driver: dict[str, Any] = {
        "name": "reconciler",
        "version": __version__,
        **({"informationUri": documents} if documents else {}),
        "rules": [_rule(name, rules.get(name, ""), documents) for name in names],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": printable(f"reconciler/{folder}{about}/")},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository"}}},
        **_notes(len(found)),
        "results": results,
    }
    return ascii_json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(name: str, text: str, documents: str) -> dict[str, Any]:
    """Return a rule with the properties that GitHub requires, even if this version does not know it."""
    prose = "\n\n".join(" ".join(paragraph.split()) for paragraph in (text or _UNKNOWN).split("\n\n"))
    level = _LEVELS[DEFAULTS.get(name, Severity.WARNING)]
    return {
        "id": printable(name),
        "shortDescription": _message(_SENTENCE.split(prose)[0]),
        "fullDescription": _message(prose),
        "help": {**_message(prose), "markdown": _braces(prose)},
        **({"helpUri": f"{documents}/rules.md#{name}"} if documents and text else {}),
        "defaultConfiguration": {"level": level},
    }


def _result(located: LocatedFinding, rule: int) -> dict[str, Any]:
    finding = located.finding
    hint = f"\n{printable(finding.hint)}" if finding.hint else ""
    region = {"startLine": located.line, **({"startColumn": finding.column} if finding.column else {})}
    artifact = {"uri": quote(located.file, errors="surrogateescape"), "uriBaseId": _ROOT}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if finding.id:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(finding.id)}]
    return {
        "ruleId": printable(finding.rule),
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": _message(f"{printable(finding.message or finding.rule)}{hint}"),
        "locations": [location],
        "partialFingerprints": {"reconciler/v1": located.fingerprint},
    }


def _notes(number: int) -> dict[str, Any]:
    """Return a notification if findings were omitted."""
    if number <= MAX_RESULTS:
        return {}
    omitted = f"{number - MAX_RESULTS:,} of {counted(number, 'finding')}"
    text = f"{omitted} were omitted, starting with the least severe."
    note = {"level": "warning", "message": {"text": text}}
    return {"invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [note]}]}


def _message(text: str) -> dict[str, str]:
    """Return a message with escaped placeholders and links."""
    cut = text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 2]} …"
    if "](" in cut:
        cut = re.sub(r"[\\\[\]]", r"\\\g<0>", cut)
    return {"text": _braces(cut)}


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
