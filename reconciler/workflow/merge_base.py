"""The base of a branch: the configuration that governs it, and what it changes in files only."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from reconciler.errors import InputError
from reconciler.load import KnownFiles, Tree, load_from
from reconciler.model.branch_base import Base
from reconciler.model.document import (
    AccessGroup,
    ApiProduct,
    Body,
    Catalog,
    Configuration,
    Document,
    FromSource,
    Partner,
    People,
    Repository,
)
from reconciler.model.field_types import as_json
from reconciler.model.finding import Finding, Source
from reconciler.model.plan import FileChange
from reconciler.model.portal_names import named_objects, object_of
from reconciler.model.rule import file_errors
from reconciler.model.source_map import Path
from reconciler.schema import schemas
from reconciler.workflow.changed_documents import changed_documents
from reconciler.workflow.config import configuration_in

_NO_GOVERNOR: Final = (
    "its configuration decides what a branch may do, so it is needed; to start using Reconciler, or to repair"
    " that branch, add --bootstrap (to plan also --files-only)"
)


class _Fact(NamedTuple):
    """A value, and its place."""

    value: Any
    document: Document
    where: Path


class BaseFiles(msgspec.Struct, frozen=True):
    """The files that a branch is compared with, before they are read: those of two commits.

    `base` names them. `governing` is the tree of its ref, `began` that of the merge base; in both, `name` is
    the file of the configuration.
    """

    base: Base
    name: str
    governing: Tree
    began: Tree


def governed_base(files: BaseFiles) -> Base:
    """Return the base with the configuration of its ref, without other files.

    Raises InputError where that configuration cannot be read, because nothing else may govern the branch,
    unless this is a bootstrap: then the base has a problem.
    """
    base = files.base
    configuration, wrong = _configuration(files.governing, files.name)
    if configuration is None and not base.bootstrap:
        raise InputError(f"--base: {base.ref} {wrong}", _NO_GOVERNOR)
    if configuration is None:
        return msgspec.structs.replace(base, problem=f"{base.ref} {wrong}")
    return msgspec.structs.replace(base, configuration=configuration)


def read_base(base: Base, files: BaseFiles, known: KnownFiles) -> Base:
    """Return the base with the files of the merge base, if it has a configuration.

    Documents of the branch's `known` files are taken from there where the files are equal. Where files cannot
    be read, the base has a problem instead of a repository.
    """
    if base.configuration is None:
        return base
    first, wrong = _configuration(files.began, files.name)
    if first is None:
        return msgspec.structs.replace(base, problem=f"{base.commit[:12]} {wrong}")
    repository, findings = load_from(files.began, first, schemas(), known)
    errors = file_errors(findings)
    if errors:
        return msgspec.structs.replace(base, problem=f"{base.commit[:12]} {_summary(errors)}")
    return msgspec.structs.replace(base, repository=repository)


def _configuration(tree: Tree, name: str) -> tuple[Document | None, str]:
    """Return the configuration in a tree, or None and why there is none."""
    tree.prepare([name], ())
    if not tree.exists(name):
        return None, "has no configuration"
    document, errors = configuration_in(tree, name)
    return document, _summary(errors) if document is None else ""


def _summary(errors: Iterable[Finding]) -> str:
    first, *others = errors
    more = f" and {len(others):,} more" if others else ""
    place = ":".join(str(each) for each in (first.file, first.line) if each is not None)
    return f"has errors in its files ({place}: {first.message}{more})"


def governed_by(document: Document, base: Base) -> Document:
    """Return the configuration that governs a branch: that of the base, with the branch's paths.

    It has the branch's new owners, sources and external partners too, because the files may refer to them.
    """
    own, governing = document.body, base.configuration.body if base.configuration else None
    if not isinstance(own, Configuration) or not isinstance(governing, Configuration):
        return document
    # After those of the base: the first owner is responsible for the configuration.
    new = {name: each for name, each in own.spec.owners.items() if name not in governing.spec.owners}
    external = dict.fromkeys((*governing.spec.external.partners, *own.spec.external.partners))
    spec = governing.spec.model_copy(
        update={
            "paths": own.spec.paths,
            "owners": {**governing.spec.owners, **new},
            "sources": {**own.spec.sources, **governing.spec.sources},
            "external": own.spec.external.model_copy(update={"partners": tuple(external)}),
        }
    )
    body = governing.model_copy(update={"spec": spec})
    name = body.metadata.name
    return Document(document.file, document.kind, name, document.written, body)


def file_changes(head: Repository, configuration: Document, base: Base) -> tuple[FileChange, ...]:
    """Return what a branch changes that no portal has: configuration, offers, exceptions, the catalog.

    Where the base's files cannot be read, the configuration is compared with the governing one. For a
    bootstrap everything is new.
    """
    before: tuple[Document, ...] = () if base.configuration is None else (base.configuration,)
    after: tuple[Document, ...] = head.documents if base.bootstrap else ()
    if base.repository is not None:
        changed = changed_documents(base.repository, head)
        before, after = (base.repository.configuration, *changed.before), changed.after
    had, has = _facts(before), _facts((configuration, *after))
    return tuple(
        FileChange(about=key[0], path=key[1], before=before, after=after, source=_place(has.get(key)))
        for key in sorted({*had, *has})
        if (before := _value(had.get(key))) != (after := _value(has.get(key)))
        # Adding or removing an API does not decide who may see it.
        and not (key[0].startswith("api/") and key[1] != "bundledBy" and (key not in had or key not in has))
    )


def _facts(documents: Iterable[Document]) -> dict[tuple[str, str], _Fact]:
    """Return what no portal has, by subject and dotted path."""
    return {
        (about, path): _Fact(value, document, where)
        for document in documents
        if document.body is not None
        for about, path, value, where in _body_facts(document.body)
    }


def _value(fact: _Fact | None) -> Any:
    return as_json(fact.value) if fact else None


def _place(fact: _Fact | None) -> Source | None:
    return fact.document.where(*fact.where) if fact else None


def _body_facts(body: Body) -> Iterator[tuple[str, str, Any, Path]]:
    if isinstance(body, Configuration):
        yield from _settings(body)
    elif isinstance(body, Catalog):
        for number, api in enumerate(body.spec.apis):
            place = ("spec", "apis", number)
            yield f"api/{api.name}", "owner", api.owner, (*place, "owner")
            yield f"api/{api.name}", "visibility", api.visibility, (*place, "visibility")
            if api.bundled_by:
                yield f"api/{api.name}", "bundledBy", sorted({*api.bundled_by}), (*place, "bundledBy")
    elif not isinstance(body, People):
        about = f"{object_of(body)}"
        yield from _metadata(about, body)
        if isinstance(body, Partner):
            yield from _groups_of_directories(about, body)
        if isinstance(body, AccessGroup):
            if body.spec.offers:
                yield about, "offers", body.spec.offers, ("spec", "offers")
            if body.spec.unmanaged_grants:
                where = ("spec", "unmanagedGrants")
                yield about, "unmanagedGrants", body.spec.unmanaged_grants, where


def _metadata(about: str, body: Partner | AccessGroup | ApiProduct) -> Iterator[tuple[str, str, Any, Path]]:
    for each, external_name, where in named_objects(body):
        if external_name is not None:
            path = "externalName" if each == about else f"teams.{each.rpartition('/')[2]}.externalName"
            yield about, path, external_name, where
    if body.metadata.portals:
        yield about, "portals", body.metadata.portals, ("metadata", "portals")
    if body.metadata.exceptions:
        yield about, "exceptions", body.metadata.exceptions, ("metadata", "exceptions")


def _groups_of_directories(about: str, body: Partner) -> Iterator[tuple[str, str, Any, Path]]:
    """Yield the groups that decide who gets into teams with later pulls."""
    for number, team in enumerate(body.spec.teams):
        for role, given in (("admins", team.admins), ("members", team.members)):
            if isinstance(given, FromSource):
                yield about, f"teams.{team.name}.{role}", given, ("spec", "teams", number, role)


def _settings(body: Configuration) -> Iterator[tuple[str, str, Any, Path]]:
    about = "configuration"
    yield about, "metadata.name", body.metadata.name, ("metadata", "name")
    for name, value in body.spec.model_dump(mode="json", by_alias=True, exclude_none=True).items():
        if isinstance(value, dict):
            for entry, setting in value.items():
                yield about, f"{name}.{entry}", setting, ("spec", name, entry)
        else:
            yield about, name, value, ("spec", name)
