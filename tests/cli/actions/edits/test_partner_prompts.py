import shlex

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.actions.edits.new_partner import from_options
from reconciler.cli.actions.edits.partner_prompts import (
    Choices,
    can_be_asked,
    command_line,
    completed,
    without,
)
from reconciler.cli.commands.new import partner
from reconciler.cli.main import program
from reconciler.model.partner_request import Field, PartnerRequest, Problem, TeamRequest

SLUGS = st.text("ab1-", min_size=1, max_size=4).filter(lambda text: not text.startswith("-"))
# What a shell would take for something else, too.
TEXTS = st.text("aZ é$`'\"\\-=#*;&", max_size=6)
TEAMS = st.builds(TeamRequest, SLUGS, st.lists(TEXTS.filter(bool), max_size=2).map(tuple))
SEVERAL = st.lists(TEXTS.filter(bool), max_size=2).map(tuple)
REQUESTS = st.builds(
    PartnerRequest,
    name=SLUGS,
    type=TEXTS,
    display_name=TEXTS,
    owner=TEXTS,
    domains=SEVERAL,
    agreement=TEXTS,
    until=TEXTS,
    access=SEVERAL,
    teams=st.lists(TEAMS, max_size=2).map(tuple),
)
WHOLE = PartnerRequest(
    name="acme", type="reseller", display_name="Acme", owner="sales", agreement="A-1", until="2028-12-31"
)


@given(REQUESTS)
def test_the_command_line_that_is_told_asks_for_the_same(request_: PartnerRequest) -> None:
    # With the program's names of the help option: click keeps those of the first context.
    parent = click.Context(program, **program.context_settings)
    context = partner.make_context("partner", shlex.split(command_line(request_))[3:], parent=parent)

    asked = from_options(context.params["name"], context.meta["reconciler.teams"], context.params)

    assert asked.request == request_


def test_whoever_said_all_that_is_needed_is_asked_nothing() -> None:
    assert completed(WHOLE, Choices(("sales",), ())) == WHOLE


def test_only_what_is_to_be_asked_again_is_forgotten() -> None:
    web, ops = TeamRequest("web", ("ana@acme.example",)), TeamRequest("ops", ("bo@acme.example",))
    request = PartnerRequest(name="acme", domains=("acme.example",), display_name="Acme", teams=(web, ops))
    wrong: tuple[Field, ...] = ("displayName", "domains")

    assert without(
        request, [*(Problem(field, "x") for field in wrong), Problem("admins", "x", team="web")]
    ) == PartnerRequest(name="acme", teams=(TeamRequest("web"), ops))
    assert without(request, [Problem("admins", "x")]).teams == (TeamRequest("web"), TeamRequest("ops"))


@pytest.mark.parametrize(
    ("field", "teams", "owners", "can"),
    [
        ("name", 2, (), True),
        ("admins", 1, (), True),
        ("admins", 2, (), True),
        ("team", 2, (), False),
        ("owner", 0, ("sales",), True),
        ("owner", 0, (), False),
        (None, 0, ("sales",), False),
    ],
)
def test_asking_ends_where_no_answer_can_help(
    field: Field | None, teams: int, owners: tuple[str, ...], *, can: bool
) -> None:
    request = PartnerRequest(teams=(TeamRequest("web"),) * teams)

    assert can_be_asked([Problem(field, "is wrong")], request, Choices(owners, ())) == can
