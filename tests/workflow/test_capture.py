"""Capture: after the edits, the files define what the portal holds, and keep their comments."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from reconciler.desired import build_desired_state
from reconciler.model.resource import Live
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.testing.harness import NOW
from reconciler.workflow.capture import Capture, Capturing
from reconciler.workflow.catalog import catalogued
from reconciler.workflow.edit import edited
from reconciler.workflow.plan.inputs import Inputs
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.validate import check, require_readable
from tests.laws import examples
from tests.states import TODAY

CONFIGURATION = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {name: our-company}
spec:
  paths: {partners: [Partner], access-groups: [AccessGroup, ApiProduct], catalog.yaml: [Catalog]}
  owners: {partnerships: {email: p@our-company.example}, logistics: {email: l@our-company.example}}
  portals: {local: {type: embedded, database: .reconciler/portal.db}}
"""
CATALOG = """\
apiVersion: reconciler/v1
kind: Catalog
metadata: {name: catalog}
spec:
  apis:
    - {name: tracking-v2, owner: logistics, bundledBy: [partnerships]}
    - {name: rates-v1, owner: logistics, bundledBy: [partnerships]}
"""
ACME = """\
apiVersion: reconciler/v1
kind: Partner
metadata: {name: acme}
spec:
  type: reseller
  displayName: Acme
  owner: partnerships
  agreement: MSA-1
  domains: [acme.example]
  access:
    - tracking # for everybody
  teams:
    # They run it.
    - name: ops
      admins: [ana@acme.example]
      members:
        - bo@acme.example # until his leave
        - {email: cy@acme.example, until: 2027-01-31}
    - name: web
      admins: [di@acme.example]
"""
GROUPS = """\
apiVersion: reconciler/v1
kind: AccessGroup
metadata: {name: tracking}
spec:
  displayName: Tracking
  owner: logistics
  apis: [tracking-v2]
  offers: [{type: reseller}]
---
apiVersion: reconciler/v1
kind: AccessGroup
metadata: {name: labels}
spec:
  displayName: Labels
  owner: logistics
  offers: [{type: reseller, maxDays: 100}]
---
apiVersion: reconciler/v1
kind: AccessGroup
metadata: {name: rates}
spec:
  displayName: Rates # as sold
  owner: logistics
  apis: [rates-v1, tracking-v2]
  grants:
    - {developer: sam@indie.example, until: 2027-03-31, reason: API-1} # by phone
"""
FILES = {"partners/acme.yaml": ACME, "access-groups/all.yaml": GROUPS}
MEMBER = "        - bo@acme.example # until his leave\n"
BO = "bo@acme.example"
CY = "{email: cy@acme.example, until: 2027-01-31}"
WEB = "admins: [di@acme.example]"
PHONE = "# by phone\n"


class Captured(NamedTuple):
    files: dict[str, str]
    capture: Capture
    left: list[str]


def replaced(*texts: tuple[str, str]) -> dict[str, str]:
    files = dict(FILES)
    for old, new in texts:
        assert any(old in text for text in files.values()), old
        files = {name: text.replace(old, new) for name, text in files.items()}
    return files


def captured(folder: Path, files: Mapping[str, str], portal: Mapping[str, str]) -> Captured:
    """Capture what `portal` defines, as files, into others; `left` are the ids that still differ."""
    held = as_live(_write(folder, portal))
    root = _write(folder, files)
    checked = check(root / "reconciler.yaml", TODAY)
    repository = require_readable(checked)
    desired = build_desired_state(repository, TODAY)
    options = PlanOptions(portal="local", now=NOW)
    inputs = Inputs(checked, repository, desired, held, options, CAPABILITIES)

    def read(file: str) -> str:
        return (root / file).read_text()

    found = Capturing(inputs, checked, root, read).capture(())
    result = edited(checked, root, found.edits, read)
    assert [each for each in result.preview.findings if each.severity == "error"] == []
    after = {**files, **{each.path: each.after or "" for each in result.files}}
    _write(folder, after)
    again = Capturing(inputs, check(root / "reconciler.yaml", TODAY), root, read).capture(())
    return Captured(after, found, sorted(again.ids))


def as_live(root: Path) -> Live:
    """Return a portal that holds exactly what files define."""
    repository = require_readable(check(root / "reconciler.yaml", TODAY))
    desired = build_desired_state(repository, TODAY)
    resources = {
        each.id: msgspec.structs.replace(
            each, origin=None, state="active" if each.kind == "membership" else None
        )
        for each in desired.resources.values()
    }
    return Live("portal", resources, catalogued(repository))


def _write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in {"reconciler.yaml": CONFIGURATION, "catalog.yaml": CATALOG, **files}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("portal", "written"),
    [
        # A member who was removed, and one whose end was changed, removed or set.
        ((MEMBER, ""), None),
        (("until: 2027-01-31}", "until: 2027-02-28}"), None),
        ((CY, "{email: cy@acme.example}"), None),
        ((MEMBER, "        - {email: bo@acme.example, until: 2027-02-28} # until his leave\n"), None),
        # A new member, and one who became an admin.
        (
            (MEMBER, f"        - eve@acme.example\n{MEMBER}"),
            (CY, f"{CY}\n        - eve@acme.example"),
        ),
        (
            (f"ana@acme.example]\n      members:\n{MEMBER}", f"ana@acme.example, {BO}]\n      members:\n"),
            None,
        ),
        # An admin of a delegated team, and the last one.
        ((WEB, "admins: [di@acme.example, eve@acme.example]"), None),
        ((WEB, "admins: []"), None),
        # Delegation.
        ((WEB, f"{WEB}\n      members: [eve@acme.example]"), None),
        # What the owner has offered is granted in the partner's file, another grant in the group's.
        ((WEB, f"{WEB}\n      access: [{{group: labels, until: 2027-01-31}}]"), None),
        (("grants:\n", "grants:\n    - {team: acme/web}\n"), (PHONE, f"{PHONE}    - {{team: acme/web}}\n")),
        (
            ("grants:\n", "grants:\n    - {team: acme/web, level: view, reason: API-2}\n"),
            (PHONE, f"{PHONE}    - {{team: acme/web, level: view, reason: API-2}}\n"),
        ),
        # Access of the whole partner, which changed for all its teams.
        (
            ("- tracking #", "- {group: tracking, level: view} #"),
            None,
        ),
        (("  access:\n    - tracking # for everybody\n", ""), None),
        # A grant to a person.
        (("until: 2027-03-31, reason: API-1", "level: view, reason: API-9"), None),
        # APIs and fields.
        (("[rates-v1, tracking-v2]", "[tracking-v2]"), None),
        (("apis: [tracking-v2]", "apis: [tracking-v2, rates-v1]"), None),
        (("displayName: Rates #", "displayName: Freight rates #"), None),
        (("[acme.example]", "[acme.example, acme.test]"), None),
        (("- name: ops", "- name: ops\n      displayName: Operations"), None),
    ],
)  # fmt: skip
def test_a_change_of_the_portal_becomes_the_same_change_of_the_files(
    tmp_path: Path, portal: tuple[str, str], written: tuple[str, str] | None
) -> None:
    found = captured(tmp_path, FILES, replaced(portal))

    assert (found.files, found.left, found.capture.refused) == (replaced(written or portal), [], ())


class World:
    """Random files with a fixed set of partners, teams, products and groups; each line has a comment."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def files(self) -> dict[str, str]:
        documents = {f"partners/{name}.yaml": self._partner(name) for name in ("acme", "bolt")}
        documents |= {f"access-groups/{name}.yaml": self._group(name) for name in ("gold", "silver")}
        documents["access-groups/suite.yaml"] = self._head("ApiProduct", "suite", {"apis": self._apis()})
        return {name: _commented(document) for name, document in documents.items()}

    def _partner(self, name: str) -> Any:
        spec = {
            "type": "reseller",
            "agreement": "MSA-1",
            "access": self._access(("gold",)),
            "teams": [self._team(name, team) for team in ("ops", "web")],
        }
        return self._head("Partner", name, spec)

    def _team(self, partner: str, name: str) -> Any:
        people = [f"{each}@{partner}.example" for each in ("ana", "bo", "cy", "di")]
        self._random.shuffle(people)
        cut = self._random.randrange(3)
        members = [self._ending({"email": each}, "email") for each in people[cut : cut + 2]]
        listed = {"members": members} if self._random.random() < 0.6 else {}
        return {"name": name, "admins": people[:cut], **listed, "access": self._access(("silver",))}

    def _group(self, name: str) -> Any:
        products = {"products": ["suite"]} if self._random.random() < 0.5 else {}
        grants = (
            [{"developer": "sam@indie.example", **self._ending({})}] if self._random.random() < 0.5 else []
        )
        offers = [{"type": "reseller"}] if self._random.random() < 0.5 else [{"type": "internal"}]
        return self._head(
            "AccessGroup", name, {"apis": self._apis(), **products, "offers": offers, "grants": grants}
        )

    def _head(self, kind: str, name: str, spec: Any) -> Any:
        owner = self._random.choice(("partnerships", "logistics"))
        title = {"displayName": self._random.choice(("One", "Two: #2")), "owner": owner}
        kept = {key: value for key, value in spec.items() if value}
        return {
            "apiVersion": "reconciler/v1",
            "kind": kind,
            "metadata": {"name": name},
            "spec": {**title, **kept},
        }

    def _apis(self) -> list[str]:
        return [each for each in ("tracking-v2", "rates-v1") if self._random.random() < 0.6]

    def _access(self, groups: tuple[str, ...]) -> list[Any]:
        return [self._ending({"group": each}, "group") for each in groups if self._random.random() < 0.6]

    def _ending(self, entry: dict[str, Any], short: str = "") -> Any:
        level = {"level": "view"} if short == "group" and self._random.random() < 0.3 else {}
        until = (
            {"until": self._random.choice(("2027-01-31", "2027-06-30"))}
            if self._random.random() < 0.4
            else {}
        )
        whole = {**entry, **level, **until}
        return whole if level or until or not short else entry[short]


def _commented(document: Any) -> str:
    lines = yaml.safe_dump(document, sort_keys=False).splitlines()
    return "".join(f"{line} # {number}\n" for number, line in enumerate(lines))


@examples(40, HealthCheck.function_scoped_fixture)
@given(seed=st.integers(0, 2**32))
def test_after_any_changes_of_the_portal_nothing_differs_but_what_was_refused(
    tmp_path: Path, seed: int
) -> None:
    random = Random(seed)  # noqa: S311  a test
    offered = World(random).files()
    found = captured(tmp_path, offered, World(random).files())

    refused = {each.id for each in found.capture.refused}
    assert found.left == []
    assert {each.partition("/")[0] for each in refused} <= {"grant"}, found.capture.refused
