"""Laws of renaming: the plan holds the rename and nothing else, no reference dangles, and comments stay."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import build_desired_state
from reconciler.diff import diff
from reconciler.edit import (
    Changes,
    NamedKind,
    Rename,
    entry_lines,
    holder_of,
    moved_team,
    renamed_everywhere,
)
from reconciler.load import File, documents
from reconciler.load.files import Reader
from reconciler.load.outline import outline
from reconciler.load.trees import Folder
from reconciler.model.document import DOCUMENTS, Document, Repository
from reconciler.model.references import references
from reconciler.policy import RuleContext, judge
from reconciler.schema import schemas
from reconciler.workflow.edit import DocumentEdit, Edits, edited
from reconciler.workflow.validate import ValidationResult
from tests.builders import configuration
from tests.edit.styles import MARK, Writer
from tests.laws import examples
from tests.states import TODAY, accepted, live

_PARTNERS: Final = ("acme", "bolt", "web")
_TEAMS: Final = ("web", "ops")
_GROUPS: Final = ("tracking", "rates", "web")
_PRODUCTS: Final = ("shipping", "rates")
_NEW: Final = "web-2"
_SCHEMAS: Final = schemas()


class World(NamedTuple):
    """Files by path, and the documents in them."""

    texts: dict[str, str]
    repository: Repository

    def document(self, kind: str, name: str) -> Document:
        found = (each for each in self.repository.documents if (each.kind, each.name) == (kind, name))
        return next(found)


def subsets(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True)


def accesses() -> st.SearchStrategy[list[Any]]:
    """Return access in the short and in the long form."""
    return subsets(_GROUPS).flatmap(
        lambda names: st.tuples(
            *(st.sampled_from([name, {"group": name}, {"group": name, "level": "view"}]) for name in names)
        ).map(list)
    )


def formers(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return `previously` with names that no object has, or nothing."""
    lists: st.SearchStrategy[Any] = st.lists(st.sampled_from(names), min_size=1, unique=True)
    return st.fixed_dictionaries({}, optional={"previously": st.sampled_from(names) | lists})


@st.composite
def values(draw: Any) -> list[dict[str, Any]]:
    """Return the values of all documents; the former names of different objects differ."""
    found = []
    for name in _PARTNERS:
        teams = [
            {
                "name": team,
                **draw(formers(f"{team}-0", f"{team}-1")),
                "admins": [f"{team}@{name}.example"],
                "access": draw(accesses()),
            }
            for team in _TEAMS
        ]
        spec = {"type": "reseller", "displayName": name, "owner": "partnerships", "agreement": "M"}
        own = {**spec, "domains": [f"{name}.example"], "access": draw(accesses()), "teams": teams}
        found.append(_document("Partner", name, draw(formers(f"{name}-0", f"{name}-1")), own))
    for name in _GROUPS:
        offers = [{"partner": each} for each in draw(subsets(_PARTNERS))]
        grants = [{"team": f"{each}/web"} for each in draw(subsets(_PARTNERS))]
        grants += [{"partner": each} for each in draw(subsets(_PARTNERS))]
        spec = {"displayName": name, "owner": "logistics", "products": draw(subsets(_PRODUCTS))}
        whole = {**spec, "offers": offers, "grants": grants}
        found.append(_document("AccessGroup", name, draw(formers(f"{name}-0", f"{name}-1")), whole))
    for name in _PRODUCTS:
        whole = {"displayName": name, "owner": "logistics", "apis": ["tracking-v2"]}
        found.append(_document("ApiProduct", name, draw(formers(f"{name}-0", f"{name}-1")), whole))
    return found


def _document(kind: str, name: str, former: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, **former}
    kept = {key: value for key, value in spec.items() if value != []}
    return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": metadata, "spec": kept}


@st.composite
def worlds(draw: Any) -> World:
    """Return random files in random styles, some of which have several documents."""
    found = draw(values())
    texts: dict[str, str] = {}
    styled = draw(st.integers(0, len(found) - 1))
    for number, data in enumerate(found):
        path = draw(st.sampled_from(["files/shared.yaml", f"files/{number}.yaml"]))
        text = Writer(draw, aliases=False).document(data) if number == styled else commented(number, data)
        texts[path] = f"{texts[path]}---\n{text}" if path in texts else text
    return World(texts, read(texts))


def commented(number: int, data: Any) -> str:
    """Return a document with a comment of its own at the end of each line."""
    lines = yaml.safe_dump(data, sort_keys=False).splitlines()
    return "".join(f"{line}   #!{number}0{at}\n" for at, line in enumerate(lines))


def read(texts: Mapping[str, str]) -> Repository:
    files = (File(path, text.encode(), tuple(DOCUMENTS)) for path, text in sorted(texts.items()))
    repository, findings = documents(configuration(), files, _SCHEMAS, Reader(Folder(Path())))
    assert findings == []
    return repository


def after(world: World, changes: Changes) -> World:
    """Return the files after these changes."""
    checked = ValidationResult(world.repository, tuple(judge(RuleContext(world.repository, TODAY))), TODAY)
    wanted = Edits(tuple(DocumentEdit(*each) for each in changes))
    result = edited(checked, Path(), wanted, world.texts.__getitem__)
    texts = {**world.texts, **{each.path: each.after or "" for each in result.files}}
    return World(texts, read(texts))


def notes(world: World) -> Counter[str]:
    return Counter(mark for text in world.texts.values() for mark in MARK.findall(text))


def planned(before: Repository, now: Repository) -> list[tuple[str, str, str | None]]:
    """Return the changes of the new files in a portal that has the state of the old ones."""
    held = live(map(accepted, build_desired_state(before, TODAY).resources.values()))
    difference = diff(build_desired_state(now, TODAY), held)
    assert difference.findings == ()
    return [(each.action, each.id, each.renamed_from) for each in difference.changes]


def dangling(world: World) -> list[str]:
    """Return the references to objects that do not exist."""
    known = {(each.kind, each.name) for each in world.repository.documents}
    teams = {
        ("Team", f"{each.name}/{team['name']}")
        for each in world.repository.documents
        for team in each.data["spec"].get("teams", ())
    }
    found = (each for document in world.repository.documents for each in references(document))
    return [
        each.name for each in found if each.kind not in {"Owner", "Api"} and each[:2] not in known | teams
    ]


KINDS: Final[dict[NamedKind, tuple[str, tuple[str, ...]]]] = {
    "Partner": ("partner", _PARTNERS),
    "AccessGroup": ("access-group", _GROUPS),
    "ApiProduct": ("api-product", _PRODUCTS),
}


@pytest.mark.no_cover
@examples(20)
@given(st.data(), worlds(), st.sampled_from(list(KINDS)))
def test_a_renamed_object_is_one_update_in_the_portal(
    drawn: st.DataObject, world: World, kind: NamedKind
) -> None:
    live_kind, names = KINDS[kind]
    old = drawn.draw(st.sampled_from(names))

    renamed = after(
        world,
        renamed_everywhere(world.repository.documents, world.document(kind, old), Rename(kind, old, _NEW)),
    )

    assert planned(world.repository, renamed.repository) == [
        ("update", f"{live_kind}/{_NEW}", f"{live_kind}/{old}")
    ]
    assert (dangling(renamed), notes(renamed)) == ([], notes(world))


@pytest.mark.no_cover
@examples(20)
@given(worlds(), st.sampled_from(_PARTNERS), st.sampled_from(_TEAMS))
@pytest.mark.real
def test_a_renamed_team_is_one_update_in_the_portal(world: World, partner: str, team: str) -> None:
    rename = Rename("Team", f"{partner}/{team}", f"{partner}/{_NEW}")

    renamed = after(
        world, renamed_everywhere(world.repository.documents, world.document("Partner", partner), rename)
    )

    assert planned(world.repository, renamed.repository) == [
        ("update", f"team/{partner}/{_NEW}", f"team/{partner}/{team}")
    ]
    assert (dangling(renamed), notes(renamed)) == ([], notes(world))


@pytest.mark.no_cover
@examples(20)
@given(st.data(), worlds(), st.sampled_from(list(KINDS)))
@pytest.mark.real
def test_a_rename_and_the_way_back_before_it_is_applied_change_nothing(
    drawn: st.DataObject, world: World, kind: NamedKind
) -> None:
    old = drawn.draw(st.sampled_from(KINDS[kind][1]))
    there = renamed_everywhere(world.repository.documents, world.document(kind, old), Rename(kind, old, _NEW))
    renamed = after(world, there)
    back = renamed_everywhere(
        renamed.repository.documents, renamed.document(kind, _NEW), Rename(kind, _NEW, old)
    )

    assert planned(world.repository, after(renamed, back).repository) == []


@pytest.mark.no_cover
@examples(20)
@given(worlds(), st.sampled_from(_TEAMS))
def test_a_moved_team_keeps_its_people_and_own_grants(world: World, team: str) -> None:
    source = world.document("Partner", "acme")
    # The target has no team of this name.
    target = world.document("Partner", "bolt")
    rename = Rename("Team", f"bolt/{team}", f"bolt/{_NEW}")
    ready = after(world, renamed_everywhere(world.repository.documents, target, rename))
    source, target = (ready.document("Partner", name) for name in ("acme", "bolt"))
    text = ready.texts[source.file]
    path, _ = holder_of(source.data, team)
    root = next(each for each in outline(text) if each.line == source.where().line)
    lines = entry_lines(text, root, path)
    moved = after(ready, moved_team(ready.repository.documents, source, target, team, lines))

    changes = planned(ready.repository, moved.repository)

    assert ("update", f"team/bolt/{team}", f"team/acme/{team}") in changes
    assert [each for each in changes if each[1].startswith(("membership", "partner"))] == []
    assert dangling(moved) == []
