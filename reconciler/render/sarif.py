"""SARIF 2.1.0: findings for code scanning, with the rules that they are of."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from reconciler import __version__
from reconciler.model.finding import Finding, Severity
from reconciler.model.printable import printable
from reconciler.model.rule import DEFAULTS
from reconciler.render import ascii_json
from reconciler.render.locations import Placed, placed

# GitHub shows so many of a run, and refuses one of more than 25,000.
MOST: Final = 5_000
_LONGEST: Final = 1_000
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_UNKNOWN: Final = "A rule of another version."
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
    """Return a log of one run: errors first, at most 5,000 results.

    `configuration` is the configuration's path from the repository's root. `about` names the run among
    those that a forge keeps side by side. `rules` are the rules' documentation by name, `documents` is where
    a browser shows the project's own.
    """
    names = dict.fromkeys([*rules, *sorted({finding.rule for finding in found})])
    numbers = {name: number for number, name in enumerate(names)}
    results = [_result(each, numbers[each.finding.rule]) for each in placed(found, configuration)[:MOST]]
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
    return ascii_json.written({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(name: str, text: str, documents: str) -> dict[str, Any]:
    """Return a rule with all that GitHub asks for; a later version may have found by one that we lack."""
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


def _result(shown: Placed, rule: int) -> dict[str, Any]:
    finding = shown.finding
    hint = f"\n{printable(finding.hint)}" if finding.hint else ""
    region = {"startLine": shown.line, **({"startColumn": finding.column} if finding.column else {})}
    artifact = {"uri": quote(shown.file, errors="surrogateescape"), "uriBaseId": _ROOT}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if finding.id:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(finding.id)}]
    return {
        "ruleId": printable(finding.rule),
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": _message(f"{printable(finding.message or finding.rule)}{hint}"),
        "locations": [location],
        "partialFingerprints": {"reconciler/v1": shown.fingerprint},
    }


def _notes(number: int) -> dict[str, Any]:
    """Return what a run says about itself: nothing, unless findings were left out."""
    if number <= MOST:
        return {}
    said = f"{number - MOST:,} of {number:,} findings were left out, the least severe ones."
    note = {"level": "warning", "message": {"text": said}}
    return {"invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [note]}]}


def _message(text: str) -> dict[str, str]:
    """Return a message in which nothing is a placeholder, and nothing a link."""
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"
    if "](" in cut:
        cut = re.sub(r"[\\\[\]]", r"\\\g<0>", cut)
    return {"text": _braces(cut)}


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
