"""Laws of decisions: over files in which each of many keys is set or not."""

from collections.abc import Callable, Collection
from typing import Any, Final, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PlanError
from reconciler.model.document import Document
from reconciler.model.kinds import parents, section_of
from reconciler.model.portal import Capabilities
from reconciler.portals.apigee.adapter import CAPABILITIES as APIGEE
from reconciler.portals.embedded.adapter import CAPABILITIES as EMBEDDED
from reconciler.portals.konnect.adapter import CAPABILITIES as KONNECT
from reconciler.workflow.plan.decisions import decisions
from tests.builders import OWNERS, catalog, configuration, group, partner, product, team
from tests.laws import examples
from tests.states import holding, live
from tests.workflow.deciding import checked, owners, planned, planned_files

Spec: TypeAlias = dict[str, Any]
Edit: TypeAlias = Callable[[dict[str, Spec]], object]


def _set(document: str, key: str, value: object) -> Edit:
    return lambda files: files[document].update({key: value})


def _metadata(document: str, key: str, value: object) -> Edit:
    return lambda files: files[document].setdefault("metadata", {}).update({key: value})


def _team(key: str, value: object) -> Edit:
    return lambda files: files["acme"]["teams"][0].update({key: value})


def _api(key: str, value: object) -> Edit:
    return lambda files: files["catalog"]["apis"][0].update({key: value})


def _gone(document: str) -> Edit:
    return lambda files: files.pop(document)


EXCEPTION: Final = [{"rule": "admin-domain", "reason": "API-1", "until": "2027-01-31"}]
BO: Final = "bo@acme.example"
# Each edit, and the owners who decide about it.
EDITS: Final[dict[str, tuple[Edit, set[str]]]] = {
    "type": (_set("acme", "type", "external"), {"partnerships", "logistics"}),
    "status": (_set("acme", "status", "suspended"), {"partnerships"}),
    "name": (_set("acme", "displayName", "ACME"), {"partnerships"}),
    "new owner": (_set("acme", "owner", "payments"), {"partnerships", "payments"}),
    "domains": (_set("acme", "domains", ["acme.example"]), {"partnerships"}),
    "agreement": (_set("acme", "agreement", "MSA-2"), {"partnerships"}),
    "end": (_set("acme", "until", "2027-06-30"), {"partnerships", "logistics"}),
    "blocked": (_set("acme", "blocked", ["ex@acme.example"]), {"partnerships"}),
    "exception": (_metadata("acme", "exceptions", EXCEPTION), {"partnerships"}),
    "former name": (_metadata("acme", "previously", "acme-old"), {"partnerships"}),
    "name in the portal": (_metadata("acme", "externalName", "A"), {"partnerships"}),
    "admins": (_team("admins", ["ana@acme.example", "cy@acme.example"]), {"partnerships"}),
    "listed": (_team("members", []), {"partnerships"}),
    "team's name": (_team("displayName", "Ops"), {"partnerships"}),
    "access": (_team("access", ["gold", {"group": "rates", "level": "view"}]), {"partnerships"}),
    "whole partner": (_set("acme", "access", ["zinc"]), {"partnerships"}),
    "end of a partner": (_set("core", "status", "ended"), {"payments"}),
    "exception of an ended partner": (_metadata("dune", "exceptions", EXCEPTION), {"payments"}),
    "owner of an ended partner": (_set("elm", "owner", "partnerships"), {"partnerships", "payments"}),
    "no ended partner": (_gone("fjord"), {"payments"}),
    "no partner": (_gone("bolt"), {"payments"}),
    "groups owner": (_set("gold", "owner", "payments"), {"logistics", "payments"}),
    "description": (_set("gold", "description", "Gold"), {"logistics"}),
    "offers": (_set("gold", "offers", [{"type": "external"}]), {"logistics"}),
    "grants": (_set("gold", "grants", [{"partner": "bolt"}]), {"logistics"}),
    "person": (_set("rates", "grants", [{"developer": "sam@indie.example"}]), {"payments"}),
    "unmanaged": (_set("gold", "unmanagedGrants", "remove"), {"logistics"}),
    "apis": (_set("gold", "apis", ["labels", "cards"]), {"logistics", "payments"}),
    "products": (_set("gold", "products", ["suite"]), {"logistics"}),
    "group's exception": (_metadata("gold", "exceptions", EXCEPTION), {"logistics"}),
    "items": (_set("suite", "apis", ["labels"]), {"logistics"}),
    "visibility": (_set("suite", "visibility", "public"), {"logistics"}),
    "API's visibility": (_api("visibility", "public"), {"payments"}),
    "bundling": (_api("bundledBy", ["partnerships"]), {"payments"}),
    "rules": (_set("configuration", "rules", {"admin-domain": "off"}), {"partnerships"}),
    "approvals": (_set("configuration", "approvals", "off"), {"partnerships"}),
    "approvers": (
        lambda files: files["configuration"]["owners"]["payments"].update(approvers={"github": ["mallory"]}),
        {"partnerships"},
    ),
}  # fmt: skip
NAMES: Final = sorted(EDITS)
SOME: Final = st.sets(st.sampled_from(NAMES), max_size=6)


def files(edits: Collection[str]) -> list[Document]:
    """Return files with these edits."""
    grants = [{"team": "acme/ops", "level": "view"}]
    found: dict[str, Spec] = {
        "configuration": {"owners": {name: {**each} for name, each in OWNERS.items()}},
        "acme": {"owner": "partnerships", "teams": [team("ops", members=[BO], access=["gold"])]},
        "bolt": {"owner": "payments", "teams": [team("web", "bo@bolt.example")]},
        "core": {"owner": "payments", "access": ["gold"], "teams": [team("web", "cy@core.example")]},
        **{each: {"owner": "payments", "status": "ended"} for each in ("dune", "elm", "fjord")},
        "gold": {"apis": ["labels"]},
        "tin": {"grants": grants},
        "rates": {"apis": ["cards"], "owner": "payments"},
        "zinc": {},
        "suite": {},
        "catalog": {"apis": [{"name": "cards", "owner": "payments"}, "labels"]},
    }
    for each in sorted(edits):
        EDITS[each][0](found)
    return list(_documents(found))


def _documents(found: dict[str, Spec]) -> list[Document]:
    make = {
        **dict.fromkeys(("acme", "core", "dune", "elm", "fjord"), partner),
        "bolt": partner,
        "gold": group,
        "tin": group,
        "rates": group,
        "zinc": group,
        "suite": product,
    }
    written = []
    for name, spec in found.items():
        if name == "configuration":
            written.append(configuration(**spec))
        elif name == "catalog":
            written.append(catalog(*spec["apis"]))
        else:
            teams = spec.pop("teams", ())
            written.append(make[name](name, *teams, **spec))
    return written


@pytest.mark.parametrize("edit", NAMES)
def test_each_edit_is_a_decision_of_its_owners(edit: str) -> None:
    made = planned(files(()), files([edit]))

    assert made.decision_digest != planned(files(()), files(())).decision_digest
    assert owners(made) == EDITS[edit][1]


def digest(before: Collection[str], after: Collection[str]) -> str:
    made = decisions(checked(files(before), files(after)), "local")
    assert made is not None
    return made.digest


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(40)
@given(before=SOME, after=SOME, other=st.sampled_from(NAMES))
def test_different_edits_are_different_decisions(before: set[str], after: set[str], other: str) -> None:
    assert digest(before, after) == digest(before, after)
    assert digest(before, after) != digest(before, after ^ {other})


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(40)
@given(before=SOME, after=SOME, held=SOME, can=st.sampled_from([EMBEDDED, APIGEE, KONNECT]), day=st.dates())
def test_equal_files_are_equal_decisions_whatever_the_portal_holds(
    before: set[str], after: set[str], held: set[str], can: Capabilities, day: Any
) -> None:
    base, head = files(before), files(after)
    expected = planned_files(base, head)
    try:
        made = planned(base, head, live(holding(*files(held))), can=can, today=day.isoformat())
    except PlanError:  # a change of the branch needs one that was not applied
        return

    assert (made.decision_digest, made.approvals) == (expected.decision_digest, expected.approvals)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(40)
@given(before=SOME, after=SOME, held=SOME)
def test_the_owner_of_each_changed_object_is_asked(before: set[str], after: set[str], held: set[str]) -> None:
    base, head = files(before), files(after)
    try:
        made = planned(base, head, live(holding(*files(held))))
    except PlanError:  # a change of the branch needs one that was not applied
        return

    of = {
        f"{_KINDS[each.kind]}/{each.name}": each.data["spec"]["owner"]
        for each in (*base, *head)
        if each.kind in _KINDS
    }
    # Of a grant, the owner of the file that gives it is asked: the partner's or the group's.
    changed = [{section_of(each.id), *parents(each.id)[: each.kind == "grant"]} for each in made.changes]
    # An object whose name in the portal changes is found there under neither of its ids.
    deciding = [{of[each] for each in several if each in of} for several in changed]
    assert [each for each in deciding if each and not each & owners(made)] == []


_KINDS: Final = {"Partner": "partner", "AccessGroup": "access-group", "ApiProduct": "api-product"}
