"""A plan says what the portal calls the objects that it changes."""

import msgspec
import pytest

from reconciler.model.plan import Plan
from reconciler.render import html, json_format, markdown, text
from tests.builders import group, partner, team
from tests.render.plans import from_to

NAMES = {
    "partner/acme": "ACME <b>Logistics</b> `x`",
    "team/acme/ops": "Operations",
    "access-group/gold": "Gold Tier",
}


def made(names: dict[str, str]) -> Plan:
    """Return a plan that creates a partner with a team, and leaves a group alone."""
    gold = group("gold", apis=["labels"])
    return msgspec.structs.replace(
        from_to([gold], [gold, partner("acme", team("ops"))]), external_names=names
    )


def test_the_text_names_changed_objects_only() -> None:
    [line] = [each for each in text.plan(made(NAMES), color=False).splitlines() if "in the portal:" in each]

    assert line == (
        'Names in the portal: "partner/acme" is "ACME <b>Logistics</b> `x`", "team/acme/ops" is "Operations"'
    )


def test_the_partner_of_a_changed_team_is_named() -> None:
    files = partner("acme", team("ops"))
    plan = from_to([files], [partner("acme", team("ops"), team("web"))])
    plan = msgspec.structs.replace(plan, external_names={"partner/acme": "ACME"})

    assert 'Names in the portal: "partner/acme" is "ACME"' in text.plan(plan, color=False)


def test_a_comment_and_a_page_name_them_without_their_markup() -> None:
    comment, page = markdown.plan(made(NAMES)), html.plan(made(NAMES))

    assert "Names in the portal: `partner/acme` is `` ACME <b>Logistics</b> `x` ``" in comment
    assert "ACME &lt;b&gt;Logistics&lt;/b&gt; `x`" in page
    assert "<b>Logistics" not in page


def test_many_names_are_counted() -> None:
    names = {f"team/acme/t{number:02}": f"T{number}" for number in range(12)}
    files = partner("acme", *(team(each.rpartition("/")[2]) for each in names))
    plan = msgspec.structs.replace(from_to([], [files]), external_names=names)

    assert '"team/acme/t09" is "T9" and 2 more' in text.plan(plan, color=False)


@pytest.mark.parametrize("names", [{}, {"access-group/gold": "Gold Tier"}])
def test_nothing_is_said_where_all_names_are_those_of_the_files(names: dict[str, str]) -> None:
    shown = [text.plan(made(names), color=False), markdown.plan(made(names)), html.plan(made(names))]

    assert [each for each in shown if "Names in the portal" in each] == []
    assert json_format.plan(made(names))
