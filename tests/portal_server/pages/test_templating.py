"""What templates show: times, days, numbers, and text of people."""

from datetime import UTC, date, datetime

import pytest
from jinja2 import UndefinedError

from reconciler.portal_server.pages import templating
from reconciler.portal_server.pages.templating import environment

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-03-01T12:00:00Z", "just now"),
        ("2026-03-01T11:59:01Z", "just now"),
        ("2026-03-01T11:59:00Z", "1 minute ago"),
        ("2026-03-01T11:00:01Z", "59 minutes ago"),
        ("2026-03-01T11:00:00Z", "1 hour ago"),
        ("2026-02-28T12:00:01Z", "23 hours ago"),
        ("2026-02-28T12:00:00Z", "1 day ago"),
        ("2026-01-29T12:00:00Z", "2026-01-29"),
        ("2026-01-29T12:00:01Z", "30 days ago"),
        ("2026-03-01T12:00:59Z", "in less than a minute"),
        ("2026-03-01T12:15:00Z", "in 15 minutes"),
        ("2026-03-03T13:00:00Z", "in 2 days"),
        ("2026-04-01T12:00:00Z", "2026-04-01"),
        ("2026-03-01T10:00:00+01:00", "3 hours ago"),
    ],
)
def test_a_time_is_shown_relative_to_now(at: str, shown: str) -> None:
    assert templating.moment(at, NOW).striptags() == shown


def test_the_exact_time_is_at_hand() -> None:
    assert templating.moment("2026-03-01T10:00:00+01:00", NOW) == (
        '<time class="moment" datetime="2026-03-01T09:00:00Z" title="2026-03-01 09:00 UTC">3 hours ago</time>'
    )
    assert templating.moment(datetime(2026, 3, 1, 9, tzinfo=UTC), NOW, exact=True) == (
        '<time datetime="2026-03-01T09:00:00Z">2026-03-01 09:00 UTC</time> <small>3 hours ago</small>'
    )


@pytest.mark.parametrize(
    ("last", "tone", "shown"),
    [
        ("2026-03-01", "soon", "today"),
        ("2026-03-02", "soon", "tomorrow"),
        ("2026-03-13", "soon", "in 12 days"),
        ("2026-03-31", "soon", "in 30 days"),
        ("2026-04-01", "later", "in 31 days"),
        ("2026-05-01", "later", "in 2 months"),
        ("2026-12-31", "later", "in 10 months"),
        ("2028-03-01", "later", "in 2 years"),
        ("2026-02-28", "over", "ended yesterday"),
        ("2026-02-26", "over", "ended 3 days ago"),
        ("2024-01-01", "over", "ended 2 years ago"),
    ],
)
def test_a_day_is_shown_with_its_distance(last: str, tone: str, shown: str) -> None:
    expected = f'<span class="day {tone}"><time datetime="{last}">{last}</time> <small>{shown}</small></span>'

    assert templating.day(last, NOW) == expected
    assert templating.day(date.fromisoformat(last), NOW) == expected


def test_no_time_and_no_day_have_words() -> None:
    assert templating.moment(None, NOW) == '<span class="muted">never</span>'
    assert templating.day(None, NOW) == '<span class="muted">no end</span>'
    assert templating.day(None, NOW, none="<as long as the team>") == (
        '<span class="muted">&lt;as long as the team&gt;</span>'
    )


def test_numbers_have_separators_and_nouns() -> None:
    assert [templating.number(each) for each in (0, 999, 1234, 1234567)] == ["0", "999", "1,234", "1,234,567"]
    assert templating.counted(1, "member") == "1 member"
    assert templating.counted(1234, "member") == "1,234 members"
    assert templating.counted(2, "person", "people") == "2 people"


def test_text_that_deceives_the_eye_is_shown_as_what_it_is() -> None:
    template = environment().from_string('{{ name }}|<input value="{{ name | e }}">')

    assert template.render(name="a\u202eb\u200b\x07 <b> é 👩‍💻\n") == (
        'a\\u202eb\\u200b\\u0007 &lt;b&gt; é 👩‍💻\n|<input value="a\u202eb\u200b\x07 &lt;b&gt; é 👩‍💻\n">'
    )


def test_a_missing_variable_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'nam' is undefined"):
        environment().from_string("{{ nam }}").render(name="Ana")
