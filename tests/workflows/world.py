"""A GitHub whose workflows run: the events that it would send, and what becomes of them."""

from typing import Any, Final

import msgspec

from tests.forge.github_server import GitHub
from tests.workflows.acting import TOKEN, WORKFLOWS, Actor, Ran, permissions
from tests.workflows.place import Place
from tests.workflows.repository import Files

REPOSITORY: Final = "halden-freight/access"
FORK: Final = "somebody/access"
_FORGE: Final = {"full_name": REPOSITORY, "default_branch": "main"}


class World(msgspec.Struct, frozen=True, kw_only=True):
    """A place, the forge that it belongs to, and who runs the forge's workflows."""

    place: Place
    github: GitHub
    actor: Actor
    portal_name: str = "staging"
    bases: str = ""

    def at(self, portals: str) -> "World":
        """Return the same, where the variable names these portals."""
        return msgspec.structs.replace(self, portal_name=portals)

    def without_portal(self) -> "World":
        """Return the same, where no variable names a portal."""
        return msgspec.structs.replace(self, portal_name="")

    def allowing(self, bases: str) -> "World":
        """Return the same, where a variable names the bases that are planned."""
        return msgspec.structs.replace(self, bases=bases)

    def propose(
        self, files: Files, *, repository: str = REPOSITORY, base: str = "main", author: str = "ana"
    ) -> tuple[int, Ran]:
        """Open a pull request from a repository, with these files, and run what it starts."""
        number = self.open(files)
        return number, self._planned(number, repository, base, author)

    def push_more(self, number: int, files: Files) -> Ran:
        """Push one more commit to the branch of a pull request, and run what that starts."""
        self.github.state.push(number, self.place.repository.propose_more(number, files))
        return self._planned(number)

    def push_nothing(self, number: int, author: str = "partner-forms[bot]") -> Ran:
        """Run what a push by another program to the branch of a pull request starts."""
        self.place.repository.merge_on_trial(number)
        return self._planned(number, author=author)

    def _planned(
        self, number: int, repository: str = REPOSITORY, base: str = "main", author: str = "ana"
    ) -> Ran:
        head = self.github.state.pull(number)["head"]["sha"]
        pull = {
            "number": number,
            "user": {"login": author},
            "head": {
                "ref": f"change-{number}",
                "sha": head,
                "repo": {"full_name": repository},
            },
            "base": {
                "ref": base,
                "sha": self.place.repository.git("rev-parse", base),
                "repo": {"full_name": REPOSITORY},
            },
        }
        payload = {"pull_request": pull, "repository": _FORGE}
        run = self.github.state.started("plan.yml", head, repository)
        ran = self._run("plan.yml", "pull_request", "read", payload)
        for artifact in self.place.artifacts.iterdir():
            self.github.state.kept(run, artifact.name)
        return ran

    def open(self, files: Files) -> int:
        """Open a pull request with these files, and lose what it should have started."""
        number = len(self.github.state.pulls) + 1
        self.github.state.open_pull(self.place.repository.propose(number, files))
        return number

    def answer_fork(self, number: int) -> Ran:
        """Run what the end of a fork's run starts, with what that run kept."""
        run = {
            "id": 7,
            "event": "pull_request",
            "head_sha": self.github.state.pull(number)["head"]["sha"],
            "head_repository": {"full_name": FORK},
        }
        self.place.repository.git("checkout", "--quiet", "main")
        payload = {"action": "completed", "workflow_run": run, "repository": _FORGE}
        return self._run("fork.yml", "workflow_run", "read", payload, fresh=False)

    def review(self, number: int, login: str, state: str, *, repository: str = REPOSITORY) -> tuple[Ran, Ran]:
        """Review a pull request from a repository; run what that starts, and what the end of that starts."""
        self.github.state.review(number, login, state)
        return self.reviewed(number, repository=repository)

    def reviewed(self, number: int, *, repository: str = REPOSITORY) -> tuple[Ran, Ran]:
        """Run what a review starts, which checks out nothing, and then what its end starts."""
        head = self.github.state.pull(number)["head"]["sha"]
        payload = {"action": "submitted", "review": {"id": 5}, "repository": _FORGE}
        review = self._run("review.yml", "pull_request_review", "read", payload, fresh=False)
        run = {
            "id": 8,
            "event": "pull_request_review",
            "head_sha": head,
            "head_repository": {"full_name": repository},
        }
        self.place.repository.git("checkout", "--quiet", "main")
        payload = {"action": "completed", "workflow_run": run, "repository": _FORGE}
        return review, self._run("approvals.yml", "workflow_run", "read", payload, fresh=False)

    def second_attempt(self) -> "World":
        """Return the same, where somebody lets run again what ran."""
        environment = {**self.actor.environment, "GITHUB_RUN_ATTEMPT": "2"}
        return msgspec.structs.replace(
            self, actor=msgspec.structs.replace(self.actor, environment=environment)
        )

    def merge(self, number: int, *, meanwhile: Files | None = None) -> Ran:
        """Merge a pull request, and run what that starts, late where files were pushed meanwhile."""
        _, after = self.place.repository.merge(number)
        self.github.state.merge(number, after)
        if meanwhile is not None:
            self.place.repository.push(meanwhile)
        return self.merged(number)

    def merged(self, number: int) -> Ran:
        """Run what the merge of a pull request started, from the commit that it made."""
        after = self.github.state.pull(number)["merge_commit_sha"]
        return self._pushed(self.place.repository.git("rev-parse", f"{after}^1"), after)

    def push(self, files: Files, *, first: bool = False) -> Ran:
        """Push to main without a pull request, as the first of all or not, and run what that starts."""
        before, after = self.place.repository.push(files)
        self.github.state.commits.add(after)
        return self._pushed("0" * 40 if first else before, after)

    def dispatch(self, workflow: str, **inputs: str) -> Ran:
        """Start a workflow by hand."""
        payload = {"ref": "refs/heads/main", "inputs": inputs, "repository": _FORGE}
        return self._run(workflow, "workflow_dispatch", "admin", payload)

    def morning(self) -> Ran:
        """Run what the schedule starts."""
        return self._run("daily.yml", "schedule", "admin", {"schedule": "17 4 * * *"})

    def _pushed(self, before: str, after: str) -> Ran:
        payload = {"ref": "refs/heads/main", "before": before, "after": after, "repository": _FORGE}
        # act takes the commit that is checked out for the one that was pushed.
        self.place.repository.git("checkout", "--quiet", "--detach", after)
        ran = self._run("apply.yml", "push", "admin", payload)
        self.place.repository.git("checkout", "--quiet", "main")
        return ran

    def _run(
        self, workflow: str, event: str, scope: str, payload: dict[str, Any], *, fresh: bool = True
    ) -> Ran:
        path = WORKFLOWS / workflow
        if fresh:
            self.place.forget()
        # A token may what the jobs of its run ask for, and nothing else.
        token = self.github.state.tokens[TOKEN]
        self.github.state.tokens[TOKEN] = msgspec.structs.replace(token, permissions=permissions(path))
        return self.actor.run(
            path,
            event,
            payload,
            secrets={"GITHUB_TOKEN": TOKEN, "PORTAL_TOKEN": self.place.tokens[scope]},
            variables={"RECONCILER_PORTAL": self.portal_name, "RECONCILER_BASES": self.bases},
        )
