import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.forge import UpsertResult, upsert_comment
from reconciler.model.forge import Forge
from reconciler.render.markdown import marker
from tests.forge.stages import STAGES, OnGitHub, OnGitLab, Stage, on, writes
from tests.laws import examples

MARKER = marker("local")
BODY = f"{MARKER}\n\n### Access on `local`\n\nNothing changes.\n"
everywhere = pytest.mark.parametrize("begin", STAGES, ids=lambda stage: stage.__name__)


def kept(stage: Stage, body: str = BODY, *, portal: str = "local", needed: bool = True) -> UpsertResult:
    async def work(forge: Forge) -> UpsertResult:
        return await upsert_comment(forge, 1, body, marker(portal), needed=needed)

    return on(stage, work)


@everywhere
def test_a_missing_comment_is_written(begin: type[Stage]) -> None:
    stage = begin()

    assert (kept(stage), stage.bodies(ours=True)) == (UpsertResult.CREATED, [BODY])


@everywhere
def test_a_comment_that_says_the_same_is_not_written_again(begin: type[Stage]) -> None:
    stage = begin()
    kept(stage)
    before = writes(stage.server.requests)

    assert (kept(stage), writes(stage.server.requests)) == (UpsertResult.UNCHANGED, before)


@everywhere
def test_line_breaks_and_spaces_that_a_forge_changes_make_no_difference(begin: type[Stage]) -> None:
    stage = begin()
    kept(stage)
    stage.edit(BODY.replace("\n", "\r\n").rstrip())

    assert kept(stage) is UpsertResult.UNCHANGED


@everywhere
def test_a_comment_that_somebody_edited_is_written_anew(begin: type[Stage]) -> None:
    stage = begin()
    kept(stage)
    stage.edit(f"{MARKER}\n\nAll is well, merge it.")

    assert (kept(stage), stage.bodies(ours=True)) == (UpsertResult.CHANGED, [BODY])


@everywhere
def test_a_comment_that_somebody_deleted_is_written_again(begin: type[Stage]) -> None:
    stage = begin()
    kept(stage)
    stage.delete()

    assert (kept(stage), stage.bodies(ours=True)) == (UpsertResult.CREATED, [BODY])


@everywhere
def test_a_comment_that_vanishes_while_it_is_written_is_looked_for_again(begin: type[Stage]) -> None:
    stage = begin()
    kept(stage)
    stage.server.add(stage.changed, status=404, body={"message": "Not Found"})

    assert (kept(stage, f"{BODY}\nMore."), stage.bodies(ours=True)) == (
        UpsertResult.CHANGED,
        [f"{BODY}\nMore."],
    )


@everywhere
def test_a_comment_that_vanishes_again_and_again_is_an_error(begin: type[Stage]) -> None:
    stage = begin()
    kept(stage)
    stage.server.add(stage.changed, status=404, body={"message": "Not Found"}, times=9)

    with pytest.raises(PortalError, match="the comment on #1 was deleted 3 times while it was updated"):
        kept(stage, f"{BODY}\nMore.")


@everywhere
def test_what_somebody_else_wrote_with_our_marker_is_not_touched(begin: type[Stage]) -> None:
    stage = begin()
    stage.says(f"{MARKER}\n\nForged.")

    assert (kept(stage), stage.bodies(ours=False), stage.bodies(ours=True)) == (
        UpsertResult.CREATED,
        [f"{MARKER}\n\nForged."],
        [BODY],
    )


@everywhere
def test_a_comment_is_found_however_many_stand_before_it(begin: type[Stage]) -> None:
    stage = begin()
    for number in range(230):
        stage.says(f"Remark {number}")
    kept(stage)

    assert (kept(stage, f"{BODY}\nMore."), stage.bodies(ours=True)) == (
        UpsertResult.CHANGED,
        [f"{BODY}\nMore."],
    )


@everywhere
def test_each_portal_has_a_comment_of_its_own(begin: type[Stage]) -> None:
    stage = begin()
    bodies = [BODY, f"{marker('staging')}\n\nAnother."]
    for portal, body in zip(["local", "staging", "local", "staging"], bodies * 2, strict=True):
        kept(stage, body, portal=portal)

    assert stage.bodies(ours=True) == bodies


@everywhere
def test_a_marker_counts_only_as_the_first_line(begin: type[Stage]) -> None:
    stage = begin()
    kept(stage, f"Look:\n{MARKER}")

    assert kept(stage) is UpsertResult.CREATED


@everywhere
def test_without_need_no_comment_is_begun_but_one_that_is_there_is_kept(begin: type[Stage]) -> None:
    stage = begin()
    first = kept(stage, needed=False)
    kept(stage)

    assert (first, kept(stage, f"{BODY}\nMore.", needed=False)) == (
        UpsertResult.NOTHING,
        UpsertResult.CHANGED,
    )


@everywhere
@pytest.mark.parametrize("done", [True, False])
def test_a_comment_whose_answer_was_lost_is_looked_for_before_it_is_written_again(
    begin: type[Stage],
    done: bool,  # noqa: FBT001  pytest gives it by its name
) -> None:
    stage = begin()
    stage.server.add(stage.posted, status=502, done=done)

    assert (kept(stage), stage.bodies(ours=True), len(stage.server.asked(stage.posted))) == (
        UpsertResult.CREATED,
        [BODY],
        1 if done else 2,
    )


@everywhere
@pytest.mark.parametrize("done", [True, False])
def test_a_page_for_people_in_answer_to_a_new_comment_leaves_it_to_be_looked_for(
    begin: type[Stage],
    done: bool,  # noqa: FBT001  pytest gives it by its name
) -> None:
    stage = begin()
    stage.server.add(stage.posted, status=201, body="<h1>Welcome</h1>", done=done)

    assert (kept(stage), stage.bodies(ours=True), len(stage.server.asked(stage.posted))) == (
        UpsertResult.CREATED,
        [BODY],
        1 if done else 2,
    )


@everywhere
def test_a_change_whose_answer_is_lost_is_sent_again_because_that_does_no_harm(begin: type[Stage]) -> None:
    stage = begin()
    kept(stage)
    stage.server.add(stage.changed, times=4, done=True)

    assert (
        kept(stage, f"{BODY}\nMore."),
        stage.bodies(ours=True),
        len(stage.server.asked(stage.changed)),
    ) == (
        UpsertResult.CHANGED,
        [f"{BODY}\nMore."],
        5,
    )


@everywhere
def test_answers_that_are_lost_every_time_are_an_error(begin: type[Stage]) -> None:
    stage = begin()
    stage.server.add(stage.posted, status=502, times=99)

    with pytest.raises(UnknownOutcomeError, match=r"outcome unknown: server error \(502 Bad Gateway\)"):
        kept(stage)
    assert len(stage.server.asked(stage.posted)) == 3


@pytest.mark.parametrize(("begin", "longest"), [(OnGitHub, 65_536), (OnGitLab, 1_000_000)])
def test_what_is_longer_than_a_comment_can_be_is_refused_with_the_reason(
    begin: type[Stage], longest: int
) -> None:
    stage = begin()
    with pytest.raises(PortalError, match=rf"is too long \(maximum is {longest} characters\)"):
        kept(stage, BODY + "x" * longest)
    assert stage.bodies(ours=True) == []


TEXTS = st.sampled_from([BODY, f"{BODY}\nMore.", f"{MARKER}\r\n\r\nOther.", f"{MARKER}\n"])
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("keep"), TEXTS),
        st.tuples(st.just("edit"), TEXTS),
        st.tuples(st.just("says"), TEXTS),
        st.tuples(st.sampled_from(["delete", "lost", "failed"]), st.just("")),
    ),
    max_size=8,
)


@pytest.mark.parametrize("begin", STAGES, ids=lambda stage: stage.__name__)
@given(events=EVENTS, last=TEXTS)
@examples(40)
def test_whatever_happened_there_is_one_comment_of_ours_and_it_says_what_it_should(
    begin: type[Stage], events: list[tuple[str, str]], last: str
) -> None:
    stage = begin()
    said = []
    for event, text in [*events, ("keep", last)]:
        if event == "keep":
            kept(stage, text)
        elif event == "edit":
            stage.edit(text)
        elif event == "delete":
            stage.delete()
        elif event == "says":
            stage.says(text)
            said.append(text)
        else:
            stage.server.planned.clear()
            stage.server.add(r"(POST|PATCH|PUT) .*", status=502, done=event == "lost")

    assert [each.split() for each in stage.bodies(ours=True)] == [last.split()]
    assert stage.bodies(ours=False) == said
