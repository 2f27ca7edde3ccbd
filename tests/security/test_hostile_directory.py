"""Text of a directory is data: it changes neither a terminal, a pull request, nor the file."""

import re

from reconciler.edit import people_text
from reconciler.model.directory import GroupAnswer
from reconciler.render import json_format, markdown, text
from tests.sources.directories import MemoryDirectory, person
from tests.sources.pulling import acme, lock, pulled, row

_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
HOSTILE = (
    "\x1b[2J::set-output name=x::y\n## @team [x](https://evil.example) <img src=x> `code` | ##[add-path]"
)


def test_reasons_notes_and_addresses_are_escaped_in_every_format() -> None:
    directory = MemoryDirectory({})
    people = (person("a", HOSTILE), person(HOSTILE, "b@acme.example"))
    directory.lies = {"Ops": GroupAnswer("partial", people, HOSTILE, (HOSTILE,))}

    report = pulled(acme(), lock(acme_ops={"members": [row("c")]}), directory=directory).report

    for shown in (
        text.people_pull(report, color=False),
        markdown.people_pull(report),
        json_format.people_pull(report),
    ):
        assert "\x1b" not in shown
        assert "##[" not in shown
        assert not [line for line in shown.splitlines() if line.lstrip().startswith(("::", "## @team"))]
    outside = _CODE.sub("", markdown.people_pull(report))
    assert "evil.example" not in outside
    assert "@team" not in outside


def test_an_address_that_yaml_could_misread_is_quoted() -> None:
    rows = [person("1e3", "{x}'@acme.example"), person("~", "a#b@acme.example")]

    found = pulled(acme(), directory=MemoryDirectory({"Ops": rows}))

    assert people_text(found.lists).splitlines()[-2:] == [
        '        - {source: directory, id: "~", email: a#b@acme.example}',
        '        - {source: directory, id: "1e3", email: "{x}\'@acme.example"}',
    ]


def test_a_huge_list_is_shortened_in_text_and_in_a_pull_request() -> None:
    everybody = [person(f"person-{number}") for number in range(5000)]

    report = pulled(acme(), directory=MemoryDirectory({"Ops": everybody})).report

    assert len(text.people_pull(report, color=False)) < 3_000
    assert len(markdown.people_pull(report)) < 60_000
