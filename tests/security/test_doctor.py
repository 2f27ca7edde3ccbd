"""A portal that sends credentials back, commands of a runner and of a terminal; doctor prints none."""

import unicodedata

import pytest

from tests.cli.running import CONFIGURATION, Place
from tests.http.loopback import serving

TOKEN = "rpt_9f3a-secret"
HOSTILE = f"::error::{TOKEN} \x1b[31m\u202e ##[command]{TOKEN}"


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {"Content-Type": "application/json"}, '{"name": "%s", "scope": "%s"}'),
        (403, {"Content-Type": "application/problem+json"}, '{"detail": "%s", "title": "%s"}'),
        (302, {"Location": f"https://evil.example/{TOKEN}"}, "%s %s"),
        (200, {"Content-Type": f"text/{TOKEN}", "RateLimit-Policy": TOKEN}, "%s %s"),
    ],
)
def test_doctor_prints_no_secret_and_no_command(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    output: str,
    status: int,
    headers: dict[str, str],
    body: str,
) -> None:
    said = HOSTILE.replace("\x1b", "\\u001b")
    monkeypatch.setenv("PORTAL_TOKEN", TOKEN)
    with serving([], status=status, headers=headers, body=(body % (said, said)).encode()) as port:
        place.write(reconciler=CONFIGURATION.replace("http://127.0.0.1:9", f"http://127.0.0.1:{port}"))
        ran = place.run("doctor", "--portal", "away", "--format", output)

    printed = ran.out + ran.err
    hidden = {each for each in printed if unicodedata.category(each) in {"Cc", "Cf"}} - {"\n"}
    assert (ran.code, TOKEN in printed, hidden, "##[" in printed) == (5, False, set(), False)
    assert not [line for line in printed.splitlines() if line.lstrip().startswith("::")]
