"""What the small GitHub holds of reviews: who reviewed, who was asked to, and who is in which team."""

from collections.abc import Iterator
from typing import Any

from tests.forge.github_rules import RefusedError

_STATES = {"APPROVED", "CHANGES_REQUESTED", "COMMENTED", "PENDING"}
# Documented for the events of issues only.
_NOT_IN_TIMELINE = {"base_ref_changed", "automatic_base_change_succeeded"}
_NO_COLLABORATOR = (
    "Reviews may only be requested from collaborators. One or more of the users or teams you specified is"
    " not a collaborator of the {} repository."
)


class Reviewing:
    """The reviews of one repository; those who may be asked for one are its collaborators."""

    repository: str
    pulls: dict[int, dict[str, Any]]
    comments: list[dict[str, Any]]
    ids: Iterator[int]

    def __init__(self) -> None:
        self.collaborators = {"ana", "bo", "cy", "di", "ed"}
        self.teams: dict[str, list[str]] = {"our-company/logistics": ["bo", "cy"]}
        self.reviews: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def pull(self, number: int) -> dict[str, Any]:
        """Return a pull request."""
        raise NotImplementedError

    def now(self) -> str:
        """Return the time."""
        raise NotImplementedError

    def review(self, number: int, login: str | None, state: str, commit: str | None = "") -> dict[str, Any]:
        """Review a pull request; of a deleted user's review, the login is None.

        The commit is the head, or an older one, or None where it no longer exists.
        """
        assert state in _STATES
        pull, review = self.pull(number), next(self.ids)
        address = f"https://github.example/{self.repository}/pull/{number}"
        made = {
            "number": number,
            "id": review,
            "node_id": f"PRR_{review}",
            "user": account(login) if login else None,
            "body": "",
            "state": state,
            "html_url": f"{address}#pullrequestreview-{review}",
            "pull_request_url": f"https://api.github.example/repos/{self.repository}/pulls/{number}",
            "author_association": "MEMBER",
            "commit_id": pull["head"]["sha"] if commit == "" else commit,
        }
        if state != "PENDING":
            made["submitted_at"] = self.now()
            self._withdraw(pull, login)
        self.reviews.append(made)
        return made

    def dismiss(self, review: dict[str, Any]) -> None:
        """Dismiss a review, which stays the same one with another state; only a decision can be dismissed."""
        assert review["state"] in {"APPROVED", "CHANGES_REQUESTED"}
        review["state"] = "DISMISSED"
        self._happened(review["number"], "review_dismissed")

    def reviews_of(self, number: int, reader: str) -> list[dict[str, Any]]:
        """Return the reviews of a pull request, the oldest first; only its author sees a pending one."""
        self.pull(number)
        return [
            {key: value for key, value in each.items() if key != "number"}
            for each in self.reviews
            if each["number"] == number and (each["state"] != "PENDING" or each["user"] == account(reader))
        ]

    def request_reviews(self, asker: str, number: int, body: Any) -> dict[str, Any]:
        """Ask people for a review: all of them, or nobody if one cannot be asked."""
        pull, logins = self.pull(number), body.get("reviewers", [])
        if not logins or not all(isinstance(each, str) for each in logins):
            raise RefusedError(422, "Invalid request.")
        if pull["user"] and pull["user"]["login"] in logins:
            raise RefusedError(422, "Review cannot be requested from pull request author.")
        if body.get("team_reviewers") or set(logins) - self.collaborators:
            raise RefusedError(422, _NO_COLLABORATOR.format(self.repository))
        for login in logins:
            if account(login) not in pull["requested_reviewers"]:
                pull["requested_reviewers"].append(account(login))
                self._happened(number, "review_requested", asker, requested_reviewer=account(login))
        return pull

    def remove_request(self, number: int, login: str) -> None:
        """Ask a person no longer, as people do on the page."""
        self._withdraw(self.pull(number), login)
        self._happened(number, "review_request_removed", "ana", requested_reviewer=account(login))

    def change_base(self, number: int, branch: str, event: str = "base_ref_changed") -> None:
        """Let a pull request have another base, by its author or since its base was merged and deleted."""
        assert event in _NOT_IN_TIMELINE
        self.pull(number)["base"]["ref"] = branch
        self._happened(number, event)

    def events_of(self, number: int) -> list[dict[str, Any]]:
        """Return the events of a pull request, which commits, comments and reviews are not."""
        self.pull(number)
        return [event for event in self.events if event["issue"] == number]

    def timeline_of(self, number: int) -> list[dict[str, Any]]:
        """Return what happened in a pull request: commits, which are no events of people, come first."""
        head = self.pull(number)["head"]["sha"]
        address = f"/issues/{number}"
        return [
            {"event": "committed", "sha": head, "author": {"name": "Ana", "email": "ana@example.com"}},
            *(
                {**each, "event": "commented"}
                for each in self.comments
                if each["issue_url"].endswith(address)
            ),
            *({**each, "event": "reviewed"} for each in self.reviews_of(number, "")),
            *(each for each in self.events_of(number) if each["event"] not in _NOT_IN_TIMELINE),
        ]

    def members_of(self, team: str) -> list[dict[str, Any]]:
        """Return the members of a team."""
        if team not in self.teams:
            raise RefusedError(404, "Not Found")
        return [account(login) for login in self.teams[team]]

    def _withdraw(self, pull: dict[str, Any], login: str | None) -> None:
        pull["requested_reviewers"] = [each for each in pull["requested_reviewers"] if each["login"] != login]

    def _happened(self, number: int, event: str, actor: str = "ana", **what: Any) -> None:
        happened = {"id": next(self.ids), "issue": number, "event": event, "created_at": self.now()}
        self.events.append({**happened, "actor": account(actor), **what})


def account(login: str) -> dict[str, Any]:
    """Return a user as the API gives it; names of bots end so."""
    return {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"}
