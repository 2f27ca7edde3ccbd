"""Findings, as forges place and recognise them."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.finding import Finding, Source
from reconciler.render.locations import locate
from tests.render.forges import DENIED, EMPTY, FINDINGS, FOUND, UNPLACED, WRONG, untimed


def moved(finding: Finding, by: int) -> Finding:
    return msgspec.structs.replace(finding, line=finding.line + by if finding.line else None)


def test_the_worst_come_first_each_at_a_line_of_a_file_of_the_repository() -> None:
    shown = locate(FOUND, "access/reconciler.yaml")

    assert [(each.finding, each.file, each.line) for each in shown] == [
        (WRONG, "access/partners/acme.yaml", 4),
        (DENIED, "access/partners/acme.yaml", 9),
        (EMPTY, "access/partners/b.yaml", 1),
        (UNPLACED, "access/reconciler.yaml", 1),
    ]


def test_files_beside_a_configuration_at_the_root_have_their_own_names() -> None:
    assert [each.file for each in locate((WRONG, UNPLACED), "reconciler.yaml")] == [
        "partners/acme.yaml",
        "reconciler.yaml",
    ]


def test_places_that_a_message_names_may_move_too() -> None:
    said = (
        "it is already defined at partners/b.yaml:3:9",
        "it is already defined at partners/b.yaml:14:9",
        "a quote that begins on line 4",
        "a quote that begins on line 40",
    )
    first, second, third, fourth = (
        locate([Finding.at(Source("a.yaml", 1, 1), "yaml", each)], "reconciler.yaml")[0].fingerprint
        for each in said
    )

    assert (first == second, third == fourth, first == third) == (True, True, False)


def test_messages_with_different_numbers_have_different_fingerprints() -> None:
    found = [Finding.at(None, "guard-people", f"{number} people lose access") for number in (60, 61)]

    assert len({each.fingerprint for each in locate(found, "reconciler.yaml")}) == 2


def test_the_same_finding_of_another_configuration_is_another_one() -> None:
    shown = [locate((WRONG,), f"{folder}/reconciler.yaml")[0].fingerprint for folder in ("eu", "us")]

    assert len(set(shown)) == 2


@untimed
@given(FINDINGS, st.integers(1, 99))
def test_lines_that_move_change_no_fingerprint(found: list[Finding], by: int) -> None:
    before = locate(found, "reconciler.yaml")
    after = locate([moved(finding, by) for finding in found], "reconciler.yaml")

    assert [each.fingerprint for each in before] == [each.fingerprint for each in after]


@untimed
@given(FINDINGS)
def test_no_two_findings_have_one_fingerprint(found: list[Finding]) -> None:
    twice = [*found, *found]

    assert len({each.fingerprint for each in locate(twice, "reconciler.yaml")}) == len(twice)
