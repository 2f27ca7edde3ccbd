"""A base: what a branch is compared with, so that a plan holds what the branch adds and nothing else."""

import msgspec

from reconciler.model.document import Document, Repository


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """What stands where a branch began, and the configuration that counts while it is no more than a branch.

    `ref` was asked for; `commit` is its merge base with what is checked out. `configuration` is as `ref` has
    it, `repository` as the merge base has it; each None where it cannot be read: `problem` says why. Only a
    `bootstrap` goes on without a configuration: it compares files, and uses no portal and no secret.
    """

    ref: str
    commit: str
    configuration: Document | None = None
    repository: Repository | None = None
    problem: str = ""
    bootstrap: bool = False
