"""Findings to show in forges, and a runner that reads workflow commands as GitHub's does."""

import re
from typing import Final, NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from reconciler.model.finding import Finding, Severity, Source

WRONG: Final = Finding.at(Source("partners/acme.yaml", 4, 7), "schema", '"typ" is no key', 'is it "type"?')
EMPTY: Final = Finding.at(Source("partners/b.yaml"), "yaml", "the file is empty", severity=Severity.WARNING)
DENIED: Final = Finding.at(
    Source("partners/acme.yaml", 9, 3), "admin-domain", "no domain of theirs", id="partner/acme"
)
UNPLACED: Final = Finding.at(None, "unused-offer", "nobody takes it up", severity=Severity.INFO)
FOUND: Final = (UNPLACED, EMPTY, WRONG, DENIED)

# What commands, Markdown, HTML, JSON and messages of SARIF give a meaning.
TEXTS: Final = st.lists(
    st.sampled_from(
        [
            *"a:,%\\{}[]()<>&\"'`|#\r\n\t\x00\x1b\u202e\u2028日",
            "::error::",
            "##[error]",
            "##[SET-OUTPUT name=a]",
            "##[",
            "%0A",
            "%25",
            "](https://x.example)",
            "<!--",
            "<script>",
        ]
    ),
    max_size=8,
).map("".join)
LINES: Final = st.none() | st.integers(1, 10_000)
FINDINGS: Final = st.lists(
    st.builds(
        Finding,
        rule=st.sampled_from(["yaml", "admin-domain", "unknown-to-this-version"]),
        severity=st.sampled_from(Severity),
        message=TEXTS,
        hint=TEXTS,
        file=st.none() | TEXTS.map(lambda text: f"partners/{text}.yaml"),
        line=LINES,
        column=LINES,
        id=st.none() | TEXTS,
    ),
    max_size=6,
)

# A law holds or not, however busy the machine is.
untimed: Final = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Command(NamedTuple):
    """What a runner understood: the command, its properties and its message."""

    name: str
    properties: dict[str, str]
    message: str


_KNOWN: Final = frozenset({"error", "warning", "notice", "debug", "add-mask", "set-output", "stop-commands"})
_OLDER: Final = re.compile(r"##\[([^] ]*)[^]]*\]")


def commands(log: str, known: frozenset[str] = _KNOWN) -> list[Command]:
    """Return the commands in a log: of the newer form where lines begin, of the older one anywhere."""
    read = (_newer(line, known) or _older(line, known) for line in re.split(r"\r\n|\r|\n", log))
    return [command for command in read if command]


def _newer(line: str, known: frozenset[str]) -> Command | None:
    line = line.lstrip()
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, rest = line[2:end].partition(" ")
    if name.lower() not in known:
        return None
    pairs = (each.split("=", 1) for each in rest.strip().split(",") if each)
    properties = {pair[0]: _unescaped(pair[1], ":", ",") for pair in pairs if len(pair) > 1 and pair[1]}
    return Command(name, properties, _unescaped(line[end + 2 :]))


def _older(line: str, known: frozenset[str]) -> Command | None:
    found = _OLDER.search(line)
    return Command(found[1], {}, line[found.end() :]) if found and found[1].lower() in known else None


def _unescaped(text: str, *more: str) -> str:
    for each in ("\r", "\n", *more, "%"):
        text = text.replace(f"%{ord(each):02X}", each)
    return text
