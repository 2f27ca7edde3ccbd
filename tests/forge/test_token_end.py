"""When a token ends, and from when on that is a warning."""

import pytest

from reconciler.forge.token_end import token_end
from reconciler.model.health import CheckResult

RENEW = "create a new token before that day"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (None, CheckResult("ok", "the forge names no end of the token")),
        ("2026-12-08", CheckResult("ok", "the token ends on 2026-12-08")),
        ("2026-12-07", CheckResult("warning", "the token ends on 2026-12-07, in 13 days", RENEW)),
        ("2026-11-25", CheckResult("warning", "the token ends on 2026-11-25, in 1 day", RENEW)),
        ("2026-11-23", CheckResult("warning", "the token ends on 2026-11-23, in 0 days", RENEW)),
        (
            "soon",
            CheckResult(
                "failed", "the forge sent an invalid end of the token", "check the token in the forge"
            ),
        ),
    ],
)
def test_an_end_within_two_weeks_is_a_warning(written: str | None, found: CheckResult) -> None:
    assert token_end(written, "2026-11-24") == found
