"""A long plan can still be read: of many new things alike some are shown, of losses all."""

# ruff: noqa: E501  what is printed is as wide as it is

import pytest

from tests.builders import group, partner, product, team
from tests.render.plans import from_to, lines, read

GROUP = group("tracking", apis=["labels"], products=["shipping"])
PRODUCT = product("shipping", apis=["rates"])


def test_of_many_new_things_alike_twenty_are_shown_and_of_those_who_gain_six() -> None:
    people = [f"p{number:02}@acme.example" for number in range(25)]
    team_of_many = team("integration", "ana@acme.example", members=people, access=["tracking"])

    assert read(from_to([GROUP, PRODUCT], [partner("acme", team_of_many), GROUP, PRODUCT])) == lines(
        """
        Plan for local (our-company), 2026-11-24

        partner acme  partners/acme.yaml
          + partner     acme              reseller Acme  :4
          + team        integration       listed         :11
              + admin   ana@acme.example                 :13
              + member  p00@acme.example                 :15
              + member  p01@acme.example                 :16
              + member  p02@acme.example                 :17
              + member  p03@acme.example                 :18
              + member  p04@acme.example                 :19
              + member  p05@acme.example                 :20
              + member  p06@acme.example                 :21
              + member  p07@acme.example                 :22
              + member  p08@acme.example                 :23
              + member  p09@acme.example                 :24
              + member  p10@acme.example                 :25
              + member  p11@acme.example                 :26
              + member  p12@acme.example                 :27
              + member  p13@acme.example                 :28
              + member  p14@acme.example                 :29
              + member  p15@acme.example                 :30
              + member  p16@acme.example                 :31
              + member  p17@acme.example                 :32
              + member  p18@acme.example                 :33
              + member  p19@acme.example                 :34
              + member  … and 5 more
              + grant   → tracking        consume        :41

        Who gains access
          + acme/integration, 26 people: ana@acme.example, p00@acme.example, p01@acme.example, p02@acme.example, p03@acme.example, p04@acme.example and 20 more
              labels, rates  none → consume  via tracking
        Who loses access
          nobody

        Risks
          high    Access opened: `labels` (restricted) is now open to 26 people (`acme/integration`)
          high    Access opened: `rates` (restricted) is now open to 26 people (`acme/integration`)
          medium  New admin: `ana@acme.example` becomes an admin of `acme/integration`
          medium  Many people: 26 people gain access

        Plan: 29 to create, 0 to update, 0 to delete; 5 unchanged. 26 people gain access, nobody loses access.
        """
    )


def test_of_people_who_go_everybody_is_shown() -> None:
    people = [f"p{number:02}@acme.example" for number in range(25)]
    before = partner("acme", team("ops", "ana@acme.example", members=people, access=["tracking"]))
    shown = read(from_to([before, GROUP, PRODUCT], [GROUP, PRODUCT]))

    assert [person for person in people if f"- member  {person}" not in shown] == []
    assert "more" not in shown


def test_of_people_who_join_an_existing_team_everybody_is_shown() -> None:
    people = [f"p{number:02}@acme.example" for number in range(25)]
    before, after = (
        partner("acme", team("ops", "ana@acme.example", members=those, access=["tracking"]))
        for those in ([], people)
    )
    shown = read(from_to([before, GROUP, PRODUCT], [after, GROUP, PRODUCT]))

    assert [person for person in people if f"+ member  {person}" not in shown] == []
    assert f"+ acme/ops, 25 people: {', '.join(people)}\n" in shown


@pytest.mark.no_cover  # it runs the same lines again and again
def test_three_thousand_new_people_are_a_page_that_can_be_read() -> None:
    many = [f"p{number:04}@acme.example" for number in range(3_000)]
    made = from_to([GROUP, PRODUCT], [partner("acme", team("ops", members=many)), GROUP, PRODUCT])

    assert (len(made.changes), len(read(made).splitlines())) == (3_003, 37)


@pytest.mark.no_cover  # it runs the same lines again and again
def test_three_thousand_partners_keep_their_counts_on_the_last_line() -> None:
    made = from_to([], [partner(f"p{number:04}") for number in range(3_000)])

    assert read(made).splitlines()[-1] == (
        "Plan: 3,000 to create, 0 to update, 0 to delete; 0 unchanged. Nobody gains or loses access."
    )
