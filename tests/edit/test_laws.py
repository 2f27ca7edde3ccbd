"""Laws of editing: whatever the style of a file, an edit changes just its lines, or refuses and says why."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial, reduce
from itertools import takewhile
from pathlib import Path as FilePath
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.edit import (
    Access,
    ListedPerson,
    Operation,
    added,
    changed,
    granted,
    patched,
    removed,
    revoked,
)
from reconciler.edit.operations import Append, Drop, Extend, Put, Remove, RemoveEach, Replace
from reconciler.errors import InputError
from reconciler.load import File, documents
from reconciler.load.files import Reader
from reconciler.load.outline import outline
from reconciler.load.trees import Folder
from reconciler.load.yaml_parser import parse
from reconciler.model.document import Repository
from reconciler.model.finding import Severity
from reconciler.model.outline import Node
from reconciler.model.source_map import Path
from reconciler.schema import schemas
from reconciler.workflow.edit import DocumentEdit, Edits, edited
from reconciler.workflow.validate import ValidationResult
from tests.builders import configuration
from tests.edit.styles import MARK, Writer
from tests.laws import examples

TODAY: Final = "2026-11-24"
FILE: Final = "partners/acme.yaml"
GROUPS = st.sampled_from(["tracking", "rates", "labels"])
DAYS = st.sampled_from(["2027-01-31", "2028-02-29"])
REASONS = st.sampled_from(["pilot, API-4312", "ticket #12", "no", "it's: [so]", "trial"])
ACCESS = st.lists(
    GROUPS
    | st.fixed_dictionaries(
        {"group": GROUPS}, optional={"level": st.just("view"), "until": DAYS, "reason": REASONS}
    ),
    max_size=3,
    unique_by=lambda entry: entry if isinstance(entry, str) else entry["group"],
)
EMAILS = st.sampled_from(["bo@acme.example", "di@acme.example", "ed@acme.example"])
MEMBERS = st.lists(
    EMAILS | st.fixed_dictionaries({"email": EMAILS}, optional={"until": DAYS}),
    max_size=3,
    unique_by=lambda entry: entry if isinstance(entry, str) else entry["email"],
)
TEAMS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["web", "ops"]), "admins": st.just(["ana@acme.example"])},
        optional={"members": MEMBERS, "access": ACCESS},
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda team: str(team["name"]),
)


@st.composite
def partners(draw: Any, name: str) -> dict[str, Any]:
    """Return a partner's values."""
    spec = {"type": "reseller", "displayName": "Acme: #1 😀", "owner": "partnerships", "agreement": "MSA-1"}
    optional = draw(st.fixed_dictionaries({}, optional={"access": ACCESS, "until": DAYS}))
    whole = {**spec, **optional, "teams": draw(TEAMS)}
    return {"apiVersion": "reconciler/v1", "kind": "Partner", "metadata": {"name": name}, "spec": whole}


@st.composite
def texts(draw: Any) -> tuple[str, list[dict[str, Any]]]:
    """Return the text of a file, and the values of the documents in it."""
    data = [draw(partners(f"acme{number}")) for number in range(draw(st.integers(1, 2)))]
    writer = Writer(draw, aliases=draw(st.booleans()))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    if draw(st.integers(0, 3)) == 0:
        return mark + writer.json(data[0]), data[:1]
    written = [writer.document(each) for each in data]
    text = draw(st.sampled_from(["", "# top\n---\n"])) + "---\n".join(written)
    ending = draw(st.sampled_from(["", "\n", "...\n"]))
    text = text.removesuffix("\n") if not ending else text + ending.removeprefix("\n")
    return mark + text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"]))), data


@st.composite
def edits(draw: Any, data: dict[str, Any]) -> list[Operation]:
    """Return what a command does to a document."""
    teams = [each["name"] for each in data["spec"]["teams"]]
    options: dict[str, Any] = {
        "until": draw(DAYS | st.just("")),
        "level": draw(st.sampled_from(["", "view"])),
    }
    reason, without = (
        draw(REASONS | st.just("")),
        draw(st.sampled_from([(), ("until",), ("reason", "until")])),
    )
    groups = ("tracking", "rates", "labels")
    accesses = [Access(group=group, reason=reason, without=without, **options) for group in groups]
    holders = ["", *teams]
    commands: list[list[Callable[[], list[Operation]]]] = [
        [partial(granted, data, holder, access) for holder in holders for access in accesses],
        [partial(revoked, data, path) for path in access_entries(data)],
        [
            partial(add, data, team, people(options["until"], role))
            for team in teams
            for role in ("", "admin")
        ],
        [partial(add, data, team, people("", role), without) for team in teams for role in ("", "admin")],
        [partial(remove, data, team, [each]) for team in teams for each in people("", "")],
        [partial(remove, data, team, people("", "")) for team in teams],
    ]
    possible = list(filter(None, ([*filter(None, map(done, each))] for each in commands)))
    operations: list[Operation] = draw(st.sampled_from(draw(st.sampled_from(possible)))) if possible else []
    return operations


def access_entries(data: dict[str, Any]) -> list[Path]:
    """Return the paths of all entries of access."""
    teams: dict[Path, Any] = {("spec", "teams", at): team for at, team in enumerate(data["spec"]["teams"])}
    holders: dict[Path, Any] = {("spec",): data["spec"], **teams}
    return [
        (*path, "access", at) for path, each in holders.items() for at, _ in enumerate(each.get("access", ()))
    ]


def people(until: str, role: str) -> list[ListedPerson]:
    """Return two of the people, and an admin."""
    names = ("bo", "di", "ana") if role else ("bo", "di")
    return [ListedPerson(email=f"{name}@acme.example", until=until, role=role) for name in names]


def add(data: Any, team: str, new: list[ListedPerson], without: tuple[str, ...] = ()) -> list[Operation]:
    return added(data, team, new, without).operations


def remove(data: Any, team: str, gone: list[ListedPerson]) -> list[Operation]:
    return removed(data, team, gone, "members").operations


def done(command: Callable[[], list[Operation]]) -> list[Operation]:
    """Return what a command does; nothing where it cannot or need not."""
    try:
        return command()
    except InputError:
        return []


@cache
def known() -> Any:
    return schemas()


def read(text: str) -> Repository:
    file = File(FILE, text.encode(), ("Partner",))
    repository, findings = documents(configuration(), iter([file]), known(), Reader(Folder(FilePath())))
    assert findings == []
    return repository


def notes(text: str) -> Counter[str]:
    return Counter(MARK.findall(text))


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(200)
@given(st.data(), texts())
def test_whatever_the_style_an_edit_changes_just_its_lines(
    drawn: st.DataObject, written: tuple[str, list[dict[str, Any]]]
) -> None:
    text, data = written
    repository = read(text)
    assert [each.data for each in repository.documents] == data
    document = drawn.draw(st.sampled_from(repository.documents))
    operations = drawn.draw(edits(document.data))
    checked = ValidationResult(repository, (), TODAY)
    try:
        wanted = Edits((DocumentEdit(document, operations),))
        result = edited(checked, FilePath(), wanted, lambda _: text)
    except InputError as error:
        # Else a change of one list would be one of another, or a comment would be lost.
        if ("*" in text and "repeats line" in error.message) or "would be lost" in error.message:
            return
        raise

    expected = document.data
    for operation in operations:
        expected = changed(expected, operation)
    new = result.files[0].after or "" if result.files else text
    after = read(new)
    at = repository.documents.index(document)
    assert [each.data for each in after.documents] == [*data[:at], expected, *data[at + 1 :]]
    removes = any(isinstance(each, Remove | RemoveEach | Drop) for each in operations)
    assert not notes(new) - notes(text)
    assert removes or notes(new) == notes(text)
    assert line_breaks(new) <= (line_breaks(text) or {"\n"})
    assert new.startswith("\ufeff") == text.startswith("\ufeff")
    if is_json(text):
        assert is_json(new)
    root = next(each for each in outline(text) if each.line == document.where().line)
    ranges = [lines_of(text, root, operation.path) for operation in operations]
    first, last = first_and_last(text, new)
    assert min((begin for begin, _ in ranges), default=first) <= first
    assert last <= max((end for _, end in ranges), default=last)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(100)
@given(st.data(), texts())
def test_documents_of_one_file_are_edited_and_removed_together(
    drawn: st.DataObject, written: tuple[str, list[dict[str, Any]]]
) -> None:
    text, _ = written
    documents = read(text).documents
    removed = drawn.draw(st.sets(st.sampled_from(range(len(documents)))))
    operations = [
        None if at in removed else drawn.draw(edits(each.data)) for at, each in enumerate(documents)
    ]
    wanted = Edits(tuple(map(DocumentEdit, documents, operations)))
    checked = ValidationResult(msgspec.structs.replace(read(text), documents=documents), (), TODAY)
    try:
        result = edited(checked, FilePath(), wanted, lambda _: text)
    except InputError as error:
        if "repeats line" in error.message or "would be lost" in error.message:
            return
        raise

    expected = [
        reduce(changed, todo, each.data)
        for each, todo in zip(documents, operations, strict=True)
        if todo is not None
    ]
    new = result.files[0].after if result.files else text
    assert [each.data for each in read(new).documents] == expected if new is not None else expected == []


def line_breaks(text: str) -> set[str]:
    rest = text.replace("\r\n", "")
    return {each for each in ("\n", "\r") if each in rest} | ({"\r\n"} if "\r\n" in text else set())


def is_json(text: str) -> bool:
    try:
        json.loads(text.removeprefix("\ufeff"))
    except ValueError:
        return False
    return True


def first_and_last(before: str, after: str) -> tuple[int, int]:
    """Return the first line that changes, and the last; what is added changes the line above it."""
    old, new = before.splitlines(), after.splitlines()
    same = list(takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    same_below = list(takewhile(lambda pair: pair[0] == pair[1], zip(old[::-1], new[::-1], strict=False)))
    return min(len(same) + 1, len(old)), max(len(old) - len(same_below), 1)


def lines_of(text: str, root: Node, path: Path) -> tuple[int, int]:
    """Return the first and the last line of what an operation at a path may change, its key included."""
    node, begin = root, root.line
    for step in path:
        if node.sort == "alias":
            break
        if isinstance(step, int):
            node = node.children[step]
        else:
            index = 2 * [key.text for key in node.children[::2]].index(step)
            begin, node = node.children[index].line, node.children[index + 1]
    return begin, len(text[: node.end].splitlines())


CASES: Final = json.loads((FilePath(__file__).parents[1] / "load" / "yaml-test-suite.json").read_text())[
    "cases"
]
VALUES: Final = ("x", ["x", "y: #"], {"group": "g", "until": "2027-01-01"})


@pytest.mark.no_cover
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_whatever_yaml_is_read_an_edit_means_what_it_says_or_is_seen_not_to(case: dict[str, Any]) -> None:
    """Only where a value is missing, or blanks end a file, may it come out otherwise: then it is refused."""
    for text in (case["yaml"], case["yaml"].replace("\n", "\r\n")):
        raws, findings, _ = parse("x.yaml", text.encode())
        if any(each.severity is Severity.ERROR for each in findings):
            continue
        for number, root in enumerate(outline(text)):
            for operation in operations_on(raws[number].data):
                try:
                    new = patched(text, root, raws[number].data, operation)
                except InputError as error:
                    if "repeats line" in error.message or "would be lost" in error.message:
                        continue
                    raise
                meant = [each.data for each in raws]
                meant[number] = changed(meant[number], operation)
                after, _, _ = parse("x.yaml", new.encode())
                assert [each.data for each in after] == meant or is_unusual(case["id"], root)


def is_unusual(case: str, root: Node) -> bool:
    """Whether the case has a value that is not written, or lines of blanks that are no indentation."""
    missing = any(each.sort == "scalar" and each.start == each.end for each in root.walk())
    return missing or case in {"DK95:5", "L24T:1"}


def operations_on(data: Any, path: Path = ()) -> Iterator[Operation]:
    """Yield operations on a value and all below it."""
    below: Iterable[tuple[str | int, Any]] = ()
    if isinstance(data, list):
        below = enumerate(data)
        yield from (Append(path, value) for value in VALUES)
        yield Extend(path, VALUES)
        yield from (Remove(path, index) for index in range(len(data)))
        last = len(data) - 1
        yield from (RemoveEach(path, frozenset(each)) for each in ({0, last}, {last, last - 1}) if last > 0)
        yield RemoveEach(path, frozenset(range(len(data))))
    elif isinstance(data, dict):
        below = data.items()
        yield from (Put(path, "new", value) for value in VALUES)
        yield from (Put(path, "new", "x", before=key) for key in data)
        yield from (Drop(path, key) for key in data)
    for step, value in below:
        yield from (Replace((*path, step), new) for new in VALUES)
        yield from operations_on(value, (*path, step))
