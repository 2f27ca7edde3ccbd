"""What objects are called in a portal, if its names differ from those in the files."""

from typing import Any

import pytest

from reconciler.model.document import Document
from reconciler.model.portal import Capabilities, TextLimit
from reconciler.model.resource import Live, Resource
from reconciler.project import PortalProfile, Projection, project
from tests.builders import group, partner, team
from tests.project.test_project import lacking
from tests.states import live, wanted


def called(name: str, external: Any) -> Document:
    return group(name, metadata={"externalName": external})


def projection(*documents: Document, held: Live | None = None, **flags: Any) -> Projection:
    can: Capabilities = lacking(**flags)
    return project(wanted(*documents), PortalProfile(can, "shop"), held)


def said(found: Projection) -> list[tuple[str, int | None, str]]:
    return [(each.rule, each.line, each.message) for each in found.findings]


def test_the_names_in_a_portal_are_resolved_for_it() -> None:
    ops = team("ops", externalName={"lab": "Ops"})
    found = projection(called("gold", {"shop": "Gold Tier"}), partner("acme", ops))

    assert found.names == {"access-group/gold": "Gold Tier"}


def test_the_limits_of_names_apply_to_the_external_name_at_its_line() -> None:
    limits = {"access-group.name": TextLimit(40, "[A-Za-z]", "letters")}

    assert said(projection(called("gold-1", "Gold"), called("gold", "Gold Tier"), limits=limits)) == [
        (
            "unsupported",
            5,
            "the portal accepts only letters as name of an access-group, which access-group/gold requires",
        )
    ]


@pytest.mark.parametrize("ignores", [True, False])
def test_names_that_differ_by_case_are_an_error_where_the_portal_ignores_case(ignores: bool) -> None:  # noqa: FBT001  a case of the test
    files = group("gold"), called("silver", "Gold"), partner("gold")

    assert said(projection(*files, case_insensitive_names=ignores)) == (
        [
            (
                "unsupported",
                5,
                'the portal treats "Gold" (access-group/silver) and the name of access-group/gold as equal',
            )
        ]
        if ignores
        else []
    )


def test_an_object_that_the_portal_calls_otherwise_is_not_replaced() -> None:
    files = called("gold", "Gold Tier")
    ours = Resource("access-group/=gold", {"displayName": "Gold"}, "our-company")
    foreign = Resource("access-group/=gold", {"displayName": "Gold"}, None)
    renamed = Resource("access-group/gold", {"displayName": "Gold"}, "our-company")

    assert (
        said(projection(files, held=live([ours]))),
        said(projection(files, held=live([foreign]))),
        said(projection(files, held=live([ours, renamed]))),
    ) == (
        [
            (
                "unsupported",
                5,
                'access-group/gold is still called "gold" in the portal, not "Gold Tier"',
            )
        ],
        [],
        [],
    )
