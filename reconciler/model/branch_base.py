"""A base: the state that a branch is compared with, so that a plan contains only the branch's changes."""

import msgspec

from reconciler.model.document import Document, Repository


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """The files at the merge base of a branch, and the governing configuration.

    `ref` is the requested base; `commit` is its merge base with the checked-out commit. `configuration` is
    read from `ref`, `repository` from the merge base. Each is None if it cannot be read, and `problem` is the
    reason. Documents of a file that is equal in the branch are the branch's own objects: `is` shows which are
    shared. Only a `bootstrap` continues without a configuration: it compares files, without portals.
    """

    ref: str
    commit: str
    configuration: Document | None = None
    repository: Repository | None = None
    problem: str = ""
    bootstrap: bool = False
