"""Stands in for gh, GitHub's command, in a run of a workflow: it knows the calls that are made, and no other.

It refuses what the real one refuses here: to work without a token, to answer for a name it does not know.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.workflows.acting import APP_TOKEN, ROOT, TOKEN

_SCRIPT: Final = """\
#!{python}
import os, sys
sys.path.insert(0, {root!r})
from tests.workflows.gh import Forge, called
called(Forge({state!r}), sys.argv[1:], os.environ.get("GH_TOKEN"))
"""
LINK: Final = "https://forge.example/pull/8"
_COMMENTS: Final = "repos/halden-freight/access/issues/7/comments"


class Forge(msgspec.Struct, frozen=True):
    """What there is at the forge, in a file: who may triage, comments, pull requests."""

    file: str

    def read(self) -> Any:
        """Return all there is."""
        return json.loads(Path(self.file).read_text())

    def write(self, **parts: Any) -> None:
        """Put parts in the place of what there is."""
        before = self.read() if Path(self.file).exists() else {}
        Path(self.file).write_text(json.dumps(before | parts))


def stand_in(commands: Path, state: Path) -> Forge:
    """Put a gh among the commands, and return its forge, at which Mia may triage and Sam may not."""
    forge = Forge(str(state))
    forge.write(triage={"mia": True, "sam": False}, comments=[], pulls=[])
    script = commands / "gh"
    script.write_text(_SCRIPT.format(python=sys.executable, root=str(ROOT), state=str(state)))
    script.chmod(0o755)
    return forge


def called(forge: Forge, arguments: list[str], token: str | None) -> None:
    """Do what gh would do, and print what it would print."""
    if token not in {TOKEN, APP_TOKEN}:
        sys.exit("gh: set the GH_TOKEN environment variable")
    match arguments:
        case ["auth", "setup-git"]:
            return
        case ["api", path, "--jq", expression] if path.startswith(
            "repos/halden-freight/access/collaborators/"
        ):
            _print(_permission(forge, path), expression)
        case ["api", "--paginate", path, "--jq", expression] if path == _COMMENTS:
            _print(forge.read()["comments"], expression)
        case ["api", "--silent", "--method", "PATCH", path, "--field", body]:
            _change(forge, int(path.rpartition("/")[2]), Path(body.removeprefix("body=@")).read_text())
        case ["issue", "comment", "7", "--repo", "halden-freight/access", "--body-file", file]:
            comments = forge.read()["comments"]
            forge.write(comments=[*comments, comment(len(comments), Path(file).read_text())])
        case ["pr", "create", *options]:
            pull = _pull(options, by_app=token == APP_TOKEN)
            forge.write(pulls=[*forge.read()["pulls"], pull])
            print(LINK)  # noqa: T201  as gh does
        case ["pr", "list", *options]:
            print(_open_pulls(forge, options))  # noqa: T201  the same
        case _:
            sys.exit(f"gh: unknown call: {arguments}")


def _pull(options: list[str], *, by_app: bool) -> dict[str, str]:
    """Return a pull request: its options, the text of its body, and the App if one opened it."""
    given = dict(zip(options[::2], options[1::2], strict=True))
    return given | {"body": Path(given["--body-file"]).read_text()} | ({"by": "app"} if by_app else {})


def _open_pulls(forge: Forge, options: list[str]) -> int:
    asked = dict(zip(options[::2], options[1::2], strict=True))
    assert (asked["--state"], asked["--json"], asked["--jq"]) == ("open", "number", "length")
    return sum(
        (pull["--head"], pull["--base"]) == (asked["--head"], asked["--base"])
        for pull in forge.read()["pulls"]
    )


def comment(number: int, body: str, author: str = "github-actions[bot]") -> dict[str, Any]:
    """Return a comment as the API gives it."""
    return {"id": 100 + number, "user": {"login": author}, "body": body}


def _permission(forge: Forge, path: str) -> Any:
    login = path.split("/")[4]
    if login not in forge.read()["triage"]:
        sys.exit("gh: Not Found (HTTP 404)")
    return {"user": {"login": login, "permissions": {"pull": True, "triage": forge.read()["triage"][login]}}}


def _change(forge: Forge, number: int, body: str) -> None:
    comments = forge.read()["comments"]
    if number not in {each["id"] for each in comments}:
        sys.exit("gh: Not Found (HTTP 404)")
    forge.write(comments=[each | {"body": body} if each["id"] == number else each for each in comments])


def _print(data: Any, expression: str) -> None:
    ran = subprocess.run(
        ["jq", "--raw-output", expression], input=json.dumps(data), capture_output=True, text=True, check=True
    )
    sys.stdout.write(ran.stdout)
