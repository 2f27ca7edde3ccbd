"""A real Gitea whose workflows run: its own events, tokens and secrets, with act as the runner."""

import os
from typing import Any, Final

import msgspec
import yaml

from reconciler.scaffold.editors import template
from tests.servers.gitea import GiteaServer, Repository, User
from tests.servers.gitea_runner import GiteaRunner, Task
from tests.workflows.acting import Actor, Ran
from tests.workflows.place import Place
from tests.workflows.repository import Files

CHECK: Final = "reconciler/approvals"
_WORKFLOWS: Final = ("plan.yml", "apply.yml", "daily.yml")
# Who can approve for some owners of the sample, and people who cannot approve anything.
_OWNERS: Final = {"partnerships": "pat", "tracking": "tom", "finance": "fin"}
_OTHERS: Final = ("ana", "mallory")


class GiteaWorld(msgspec.Struct, frozen=True, kw_only=True):
    """A place, a repository on Gitea with its content, and who runs its jobs."""

    place: Place
    repository: Repository
    runner: GiteaRunner
    people: dict[str, User]

    def open(self, files: Files, *, by: str) -> int:
        """Open a pull request with these files."""
        git = self.place.repository.git
        git("checkout", "--quiet", "-B", f"change-{os.urandom(4).hex()}", "main")
        self.place.repository.commit(files)
        self.push("HEAD", by=by)
        return self.repository.open_pull(git("branch", "--show-current"), by=self.people[by])

    def push(self, what: str, *, by: str) -> None:
        """Push a branch as a person."""
        self.place.repository.git("push", "--quiet", self.repository.address_of(self.people[by]), what)

    def approve(self, number: int, *, by: str) -> None:
        """Approve a pull request as a person."""
        self.repository.ask("POST", f"/pulls/{number}/reviews", {"event": "APPROVED"}, by=self.people[by])

    def statuses(self, number: int) -> list[tuple[str, str]]:
        """Return the states and the descriptions of the check of approvals, in their order."""
        found = self.repository.ask("GET", f"/statuses/{self.head(number)}")
        checks = sorted((each for each in found if each["context"] == CHECK), key=lambda each: each["id"])
        return [(each["status"], self._named(each["description"])) for each in checks]

    def comment(self, number: int) -> tuple[int, str]:
        """Return the number and the text of the one comment of a pull request."""
        [found] = self.repository.ask("GET", f"/issues/{number}/comments")
        return found["id"], self._named(found["body"])

    def issues(self) -> list[tuple[str, str]]:
        """Return the states and the titles of all issues."""
        found = self.repository.ask("GET", "/issues?state=all&type=issues")
        return [(each["state"], each["title"]) for each in found]

    def head(self, number: int) -> str:
        """Return the newest commit of a pull request."""
        return str(self.pull(number)["head"]["sha"])

    def pull(self, number: int) -> Any:
        """Return a pull request."""
        return self.repository.ask("GET", f"/pulls/{number}")

    def dispatch(self, workflow: str) -> Ran:
        """Start a workflow by hand on main, and run it."""
        self.repository.ask("POST", f"/actions/workflows/{workflow}/dispatches", {"ref": "refs/heads/main"})
        return self.work(self.place.repository.git("rev-parse", "main"))

    def merge(self, number: int) -> str:
        """Merge a pull request, and return the commit that it made."""
        commit = self.repository.merge(number)
        self.place.repository.git("fetch", "--quiet", self.repository.address, "main")
        self.place.repository.git("branch", "--force", "main", "FETCH_HEAD")
        return commit

    def work(self, commit: str) -> Ran:
        """Run all jobs until new ones of a commit have ended."""
        logs = []

        def do(task: Task) -> str:
            ran = self._act(task)
            logs.append(ran.log)
            # Whatever act does not even start is not skipped.
            return ran.jobs.get(task.name, "failure" if "Error: " in ran.log else "skipped")

        return Ran(self.runner.run(do, commit), "".join(logs))

    def _named(self, text: str) -> str:
        for name, user in self.people.items():
            text = text.replace(f"`{user.login}`", f"`{name}`").replace(f"({user.login})", f"({name})")
        return text

    def _act(self, task: Task) -> Ran:
        place, context = self.place, task.context
        place.repository.git("fetch", "--quiet", self.repository.address, context["sha"])
        # act takes the commit that is checked out for the one of the event.
        place.repository.git("checkout", "--quiet", "--detach", context["sha"])
        workflow = place.artifacts.parent / "workflow.yml"
        workflow.write_text(_known_to_act(task))
        environment = {
            "GITHUB_API_URL": context["api_url"],
            # act would not recognize the actions of others with the slash at its end.
            "GITHUB_SERVER_URL": context["server_url"].removesuffix("/"),
            "GITHUB_REPOSITORY": context["repository"],
            "GITHUB_RUN_ID": context["run_id"],
            "GITHUB_RUN_NUMBER": context["run_number"],
            "GITHUB_RUN_ATTEMPT": context["run_attempt"],
            "GITEA_ACTIONS": "true",
            "STAND_IN_ORIGIN": self.repository.address,
            "STAND_IN_ARTIFACTS": str(place.artifacts),
        }
        actor = Actor(place.repository.folder, environment)
        # act knows the base only for this event, Gitea also for reviews.
        event = context["event_name"].removesuffix("_review")
        assert context["base_ref"] or event != "pull_request"
        return actor.run(workflow, event, context["event"], task.secrets, task.variables)


def begin(place: Place, gitea: GiteaServer) -> GiteaWorld:
    """Create a repository with the content of the place and the workflows for Gitea."""
    people = {name: gitea.new_user() for name in ("root", *_OWNERS.values(), *_OTHERS)}
    repository = people["root"].new_repository()
    for name in (*_OWNERS.values(), *_OTHERS):
        repository.add(people[name])
    settings = (place.repository.folder / "reconciler.yaml").read_text()
    for owner, name in _OWNERS.items():
        approvers = f"    {owner}: {{approvers: {{gitea: [{people[name].login}]}}, "
        settings = settings.replace(f"    {owner}: {{", approvers)
    workflows = {f".gitea/workflows/{name}": template(f"gitea/{name}") for name in _WORKFLOWS}
    place.repository.commit({**workflows, "reconciler.yaml": settings})
    world = GiteaWorld(place=place, repository=repository, runner=GiteaRunner(repository), people=people)
    world.push("main", by="root")
    # The first push starts jobs as well.
    world.runner.run(lambda _task: "skipped", place.repository.head())
    repository.ask("POST", "/actions/variables/RECONCILER_PORTAL", {"value": "staging"})
    for name, scope in (("PORTAL_TOKEN_READ", "read"), ("PORTAL_TOKEN", "admin")):
        repository.ask("PUT", f"/actions/secrets/{name}", {"data": place.tokens[scope]})
    return world


def _known_to_act(task: Task) -> str:
    """Return the workflow of a job; Gitea sends numbers as texts, which act refuses."""
    workflow = yaml.safe_load(task.workflow)
    job = workflow["jobs"][task.name]
    job["timeout-minutes"] = int(job["timeout-minutes"])
    return yaml.safe_dump(workflow)
