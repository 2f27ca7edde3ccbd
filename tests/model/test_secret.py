from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.secret import SecretText


@given(st.text(alphabet="abcdefgh_-123", min_size=8))
def test_law_a_secret_shows_in_no_description(text: str) -> None:
    secret = SecretText(text)

    assert all(text not in shown for shown in (f"{secret}", f"{secret!r}", f"{[secret]}", str({"t": secret})))
    assert secret.reveal() == text


def test_a_secret_is_taken_out_of_what_others_say() -> None:
    assert SecretText("abc").hide_in("token abc, again abc") == "token •••, again •••"


def test_no_secret_hides_nothing() -> None:
    assert SecretText("").hide_in("said") == "said"
