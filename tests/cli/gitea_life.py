"""A repository on a real Gitea, and what people and jobs do there; jobs run in this process."""

import json
from textwrap import dedent
from typing import Any, Final, NamedTuple

import msgspec

from tests.cli.commands.test_base import committed, git
from tests.cli.forging import Job
from tests.cli.running import CATALOG, CONFIGURATION, PARTNER, Place, Ran
from tests.servers.gitea import GiteaServer, Repository, User

CHECK: Final = "reconciler/approvals"
# The owners, and who can approve for them. Ana and Mallory cannot approve anything.
_OWNERS: Final = {"partnerships": "pat", "logistics": "liz", "finance": "fin"}
_PEOPLE: Final = ("pat", "liz", "fin", "ana", "mallory")
_CATALOG: Final = CATALOG.replace("[{name", "[{name: invoices-v1, owner: finance}, {name")


class Merged(NamedTuple):
    """What `approved` and `apply` did after a merge, and the receipt of apply."""

    approved: Ran
    applied: Ran
    receipt: Any


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """A repository with a working copy, its people by name, and the job that runs now."""

    place: Place
    job: Job
    repository: Repository
    people: dict[str, User]

    def open(self, by: str, **files: str | None) -> int:
        """Open a pull request with these files."""
        git(self.place.folder, "switch", "--quiet", "--create", f"topic-{by}", "main")
        self.push(by, **files)
        return self.repository.open_pull(f"topic-{by}", by=self.people[by])

    def push(self, by: str, **files: str | None) -> None:
        """Push files to the branch of a person."""
        git(self.place.folder, "switch", "--quiet", f"topic-{by}")
        committed(self.place.write(**files), "Change files")
        git(self.place.folder, "push", "--quiet", self.repository.address_of(self.people[by]), f"topic-{by}")

    def plan(self, number: int) -> Any:
        """Plan a pull request, report that, and return the plan."""
        self.job.reviews(number, self.head(number))
        self._succeed("plan", "--base", "main", "--out", "plan.json")
        self._succeed("comment", "plan", "plan.json")
        return self._json("plan.json")

    def review(self, number: int, by: str, event: str = "APPROVED") -> int:
        """Review a pull request, and return the number of the review."""
        body = {"event": event, "body": "I have read it."}
        return int(self.ask("POST", f"/pulls/{number}/reviews", body, by=self.people[by])["id"])

    def merge(self, number: int) -> Merged:
        """Merge a pull request, and do what its job does."""
        folder, commit = self.place.folder, self.repository.merge(number)
        before = git(folder, "rev-parse", "main")
        git(folder, "switch", "--quiet", "main")
        git(folder, "pull", "--quiet", "--ff-only", self.repository.address, "main")
        self.job.merges(commit)
        return self.deploy(before, commit)

    def deploy(self, before: str, commit: str) -> Merged:
        """Apply what was merged, if it was approved, and report that."""
        self._succeed("plan", "--base", before, "--out", "merged.json")
        given = ("--approvals", "approved.json")
        found = self.place.run("approved", "--commit", commit, "--plan", "merged.json", "--out", given[1])
        applied = self.place.run("apply", "--base", before, *given)
        made = next((self.place.folder / ".reconciler/receipts").glob("*.json"), None)
        if made is None:
            self._succeed("comment", "plan", "merged.json", "--merged", *given)
            return Merged(found, applied, None)
        receipt = json.loads(made.read_text())
        self._succeed("comment", "receipt", str(made), "--plan", "merged.json", *given)
        made.unlink()
        return Merged(found, applied, receipt)

    def ask(self, method: str, path: str, body: Any = None, *, by: User | None = None) -> Any:
        """Send a request about the repository."""
        return self.repository.ask(method, path, body, by=by)

    def head(self, number: int) -> str:
        """Return the newest commit of a pull request."""
        return str(self.ask("GET", f"/pulls/{number}")["head"]["sha"])

    def check(self, number: int) -> tuple[str, str]:
        """Return the state and the description of the check, with people by their names here."""
        found = self.ask("GET", f"/commits/{self.head(number)}/status")["statuses"]
        [check] = [each for each in found if each["context"] == CHECK]
        return check["status"], self._named(check["description"])

    def comment(self, number: int) -> tuple[int, str]:
        """Return the number and the text of the one comment of a pull request."""
        [found] = self.ask("GET", f"/issues/{number}/comments")
        return found["id"], self._named(found["body"])

    def requested(self, number: int) -> list[str]:
        """Return the people who are asked for a review, by their names here."""
        logins = {each["login"] for each in self.ask("GET", f"/pulls/{number}")["requested_reviewers"]}
        return [name for name, user in self.people.items() if user.login in logins]

    def drift(self) -> list[tuple[str, str]]:
        """Report the drift of main, and return the states and the titles of all issues."""
        self._succeed("plan", "--out", "drift.json")
        self._succeed("comment", "drift", "drift.json")
        found = self.ask("GET", "/issues?state=all&type=issues")
        return [(each["state"], each["title"]) for each in found]

    def access(self) -> set[str]:
        """Return who reaches which API in the portal."""
        rows = json.loads(self.place.run("access", "--live", "--format", "json").out)["rows"]
        return {f"{row['person']} {row['api']}" for row in rows}

    def _named(self, text: str) -> str:
        for name, user in self.people.items():
            text = text.replace(f"`{user.login}`", f"`{name}`").replace(f"({user.login})", f"({name})")
        return text

    def _succeed(self, *arguments: str) -> None:
        ran = self.place.run(*arguments)
        assert ran.code == 0, ran

    def _json(self, name: str) -> Any:
        return json.loads((self.place.folder / name).read_text())


def begin(place: Place, job: Job, gitea: GiteaServer) -> Life:
    """Create a repository whose main is applied."""
    people = {name: gitea.new_user() for name in ("root", "bot", *_PEOPLE)}
    owners = {
        owner: {"email": f"{owner}@our-company.example", "approvers": {"gitea": [people[name].login]}}
        for owner, name in _OWNERS.items()
    }
    lines = dedent(CONFIGURATION).splitlines()
    named = [f"  owners: {json.dumps(owners)}" if "  owners:" in line else line for line in lines]
    place.write(reconciler="\n".join(named), catalog=_CATALOG, partners__acme=PARTNER)
    (place.folder / ".gitignore").write_text(".reconciler\n*.json\n")
    git(place.folder, "init", "--quiet", "--initial-branch=main")
    committed(place, "Begin")
    assert place.run("apply", "--auto-approve").code == 0
    for receipt in (place.folder / ".reconciler/receipts").iterdir():
        receipt.unlink()
    repository = people["root"].new_repository()
    for name in ("bot", *_PEOPLE):
        repository.add(people[name])
    git(place.folder, "push", "--quiet", repository.address_of(people["root"]), "main")
    git(place.folder, "remote", "add", "origin", repository.address)
    job.set(GITEA_SERVER_URL=gitea.url, GITEA_REPOSITORY=repository.name, GITEA_TOKEN=people["bot"].token)
    return Life(place=place, job=job, repository=repository, people=people)
