"""What mails say, with values that are not trusted."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.portal_server.mail.message import Post
from reconciler.portal_server.mail.messages import compose, one_line

POST = Post("Partner portal", "https://portal.example", delivers=True)
INVITATION = {
    "to": "ana@acme.example",
    "inviter": "bo@acme.example",
    "team": "Integration",
    "partner": "Acme Logistics",
    "until": "2026-03-08 12:00 UTC",
    "code": "inv_x",
}
DECISION = {"team": "Integration", "partner": "Acme", "group": "Logistics", "path": "/ui/teams/team_1/access"}


def test_an_invitation_says_who_invites_whom_into_what_until_when_and_where_to_answer() -> None:
    message = compose("invitation", POST, INVITATION)

    assert message.subject == "Invitation to Acme Logistics"
    assert message.text == (
        "bo@acme.example invites you to the team Integration of Acme Logistics.\n\n"
        "Accept or decline on this page until 2026-03-08 12:00 UTC:\n"
        "https://portal.example/ui/invitations/inv_x\n\n"
        "The invitation is for ana@acme.example. If you did not expect it, ignore this e-mail.\n"
    )
    assert message.html is not None
    assert '<a href="https://portal.example/ui/invitations/inv_x"' in message.html
    assert "<strong>Acme Logistics</strong>" in message.html


def test_a_sentence_that_ends_with_the_name_of_a_partner_has_one_full_stop() -> None:
    texts = [
        compose("invitation", POST, {**INVITATION, "inviter": inviter, "partner": "Aduanas Vega S.A."})
        for inviter in ("bo@acme.example", None)
    ]

    assert [each.text.partition("\n")[0] for each in texts] == [
        "bo@acme.example invites you to the team Integration of Aduanas Vega S.A.",
        "You are invited to the team Integration of Aduanas Vega S.A.",
    ]
    assert ["<strong>Aduanas Vega S.A.</strong></p>" in (each.html or "") for each in texts] == [True, True]


def test_an_invitation_of_a_portal_at_no_known_address_names_the_page() -> None:
    post = msgspec.structs.replace(POST, origin=None)
    message = compose("invitation", post, {**INVITATION, "inviter": None})

    assert message.text == (
        "You are invited to the team Integration of Acme Logistics.\n\n"
        "Accept or decline until 2026-03-08 12:00 UTC on this page of Partner portal:\n"
        "/ui/invitations/inv_x\n\n"
        "The invitation is for ana@acme.example. If you did not expect it, ignore this e-mail.\n"
    )


@pytest.mark.parametrize(
    ("template", "more", "subject", "text"),
    [
        (
            "access-granted",
            {"level": "consume", "until": "2026-12-31", "answer": "Until the audit."},
            "Integration may now use Logistics",
            (
                "The request for Logistics was granted: the team Integration of Acme has the level consume"
                " until 2026-12-31.\n\nAnswer: Until the audit.\n\nSee what the team may use:\n"
                "https://portal.example/ui/teams/team_1/access\n"
            ),
        ),
        (
            "access-granted",
            {"level": "view", "until": None, "answer": None},
            "Integration may now use Logistics",
            (
                "The request for Logistics was granted: the team Integration of Acme has the level view.\n"
                "\nSee what the team may use:\nhttps://portal.example/ui/teams/team_1/access\n"
            ),
        ),
        (
            "access-declined",
            {"answer": None},
            "The request for Logistics was declined",
            (
                "The request of the team Integration of Acme for Logistics was declined.\n"
                "\nSee what the team may use:\nhttps://portal.example/ui/teams/team_1/access\n"
            ),
        ),
    ],
)
def test_a_decision_names_the_team_the_group_and_the_page(
    template: str, more: dict[str, str | None], subject: str, text: str
) -> None:
    message = compose(template, POST, {**DECISION, **more})

    assert (message.subject, message.text) == (subject, text)
    assert message.html is not None


def test_a_portal_without_pages_sends_text_without_links() -> None:
    message = compose("access-declined", None, {**DECISION, "answer": "No."})

    assert message.text == (
        "The request of the team Integration of Acme for Logistics was declined.\n\nAnswer: No.\n"
    )
    assert message.html is None


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(team=NAMES, partner=NAMES)
def test_no_name_adds_a_line_or_an_element(team: str, partner: str) -> None:
    plain = compose("invitation", POST, INVITATION)
    message = compose("invitation", POST, {**INVITATION, "team": team, "partner": partner})

    assert plain.html is not None
    assert message.html is not None
    assert message.subject.splitlines() in ([message.subject], [])
    assert len(message.text.splitlines()) == len(plain.text.splitlines())
    assert message.html.count("<") == plain.html.count("<")
    assert message.html.count('"') == plain.html.count('"')


def test_marks_that_reverse_the_direction_of_text_are_left_out() -> None:
    assert one_line("Acme\u202egro.evil\u2028\x85 Ltd\r\nBcc: eve") == "Acmegro.evil Ltd Bcc: eve"
