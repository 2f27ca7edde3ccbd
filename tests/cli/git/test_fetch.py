"""Commits that a checkout does not have are fetched beside it, with the token of the job."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.cli.git.fetch import beside
from reconciler.cli.git.remote import Remote
from reconciler.cli.git.repository import opened
from reconciler.errors import InputError
from reconciler.model.secret import SecretText
from tests.cli.git.commits import committed, git
from tests.cli.git.remotely import TOKEN, Remotely, remotely_in


@pytest.fixture
def remotely(tmp_path: Path) -> Iterator[Remotely]:
    with remotely_in(tmp_path) as made:
        yield made


def test_a_missing_commit_is_fetched_with_its_history_beside_the_checkout(remotely: Remotely) -> None:
    checkout = opened(remotely.clone())
    before = git(remotely.checkout, "count-objects", "-v")
    with beside(checkout, remotely.remote()) as fetcher:
        had = fetcher.repository.has(remotely.topic)
        fetcher.require(remotely.topic)
        found = fetcher.repository.common_ancestor(remotely.topic, remotely.main, InputError("none"))
        files = [each.path for each in fetcher.repository.files(remotely.topic, ["."])]

    assert (had, found, files) == (False, remotely.first, ["first", "topic"])
    assert checkout.has(remotely.topic) is False
    assert git(remotely.checkout, "count-objects", "-v") == before
    assert remotely.server.refused == []


def test_a_commit_that_is_here_is_not_fetched(remotely: Remotely) -> None:
    with beside(opened(remotely.clone()), remotely.remote()) as fetcher:
        fetcher.require(remotely.first)

    assert remotely.server.requests == []


@pytest.mark.parametrize("format_of_objects", ["sha1", "sha256"])
def test_a_commit_that_the_server_does_not_have_is_an_error(
    remotely: Remotely, format_of_objects: str
) -> None:
    other = remotely.origin.parent / "other"
    git(remotely.origin, "init", "-q", f"--object-format={format_of_objects}", str(other))
    committed(other, "other")
    missing = "1" * len(git(other, "rev-parse", "HEAD"))
    with (
        beside(opened(other), remotely.remote()) as fetcher,
        pytest.raises(InputError, match="git fetch failed: "),
    ):
        fetcher.require(missing)


def test_another_token_reads_nothing_and_is_not_shown(remotely: Remotely) -> None:
    with (
        beside(opened(remotely.clone()), remotely.remote("ghs_hunter2")) as fetcher,
        pytest.raises(InputError) as raised,
    ):
        fetcher.require(remotely.topic)

    assert "git fetch failed: " in raised.value.message
    assert "hunter2" not in f"{raised.value.message}{raised.value.hint}"


def test_the_token_is_not_sent_unencrypted_over_a_network(remotely: Remotely) -> None:
    remote = Remote("http://forge.example/our-company/access.git", SecretText(TOKEN))
    with (
        beside(opened(remotely.clone()), remote) as fetcher,
        pytest.raises(InputError, match="the token would be sent unencrypted"),
    ):
        fetcher.require(remotely.topic)


@pytest.mark.parametrize(
    "address", ["ext::touch mark", "--upload-pack=touch mark", "/folder", "git://example", "https:folder"]
)
def test_nothing_is_fetched_from_what_is_not_a_web_address(remotely: Remotely, address: str) -> None:
    with (
        beside(opened(remotely.clone()), Remote(address, SecretText(TOKEN))) as fetcher,
        pytest.raises(InputError, match="is not a web address, so nothing is fetched from it"),
    ):
        fetcher.require(remotely.topic)


def test_beside_a_shallow_checkout_the_whole_history_is_fetched(remotely: Remotely) -> None:
    with beside(opened(remotely.clone("--depth=1")), remotely.remote()) as fetcher:
        for commit in (remotely.topic, remotely.main):
            fetcher.require(commit)
        found = fetcher.repository.common_ancestor(remotely.topic, remotely.main, InputError("none"))

    assert found == remotely.first


def test_without_a_remote_only_commits_of_the_checkout_are_here(remotely: Remotely) -> None:
    with beside(opened(remotely.clone()), None) as fetcher:
        fetcher.require(remotely.main)
        with pytest.raises(InputError, match=f"commit {remotely.topic[:12]} is not in this clone"):
            fetcher.require(remotely.topic)
