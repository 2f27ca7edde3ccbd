"""Compare the catalog with the APIs that a portal offers, or that OpenAPI files describe, and edit it."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from reconciler.edit import Operation, file_text
from reconciler.edit.operations import Extend, Put, RemoveEach
from reconciler.errors import InputError
from reconciler.export import catalog_data
from reconciler.model.catalog import Catalog, CatalogApi
from reconciler.model.counting import counted
from reconciler.model.document import Document, Repository
from reconciler.model.ids import decoded
from reconciler.model.resource import OfferedApi
from reconciler.policy.tolerant import at, items
from reconciler.workflow.edit import DocumentEdit, Edits
from reconciler.workflow.folders import catalog_path
from reconciler.workflow.preview import ProposedFile
from reconciler.workflow.validate import settings

_APIS: Final = ("spec", "apis")
_DEFAULT: Final = "restricted"


class Vanished(msgspec.Struct, frozen=True):
    """An API of the catalog that is no longer offered, where it is listed, and what still contains it."""

    name: str
    document: Document
    index: int
    users: tuple[str, ...]


class Refresh(msgspec.Struct, frozen=True):
    """How the catalog differs from the APIs that are offered.

    `unowned` are new APIs without an owner of the configuration, with the owner that the source names.
    `notes` are differences that nobody has to act on.
    """

    appeared: tuple[OfferedApi, ...]
    vanished: tuple[Vanished, ...]
    unowned: Mapping[str, str | None]
    notes: tuple[str, ...]

    @property
    def removed(self) -> list[Vanished]:
        """The APIs that leave the catalog: nothing contains them any more."""
        return [each for each in self.vanished if not each.users]

    @property
    def kept(self) -> list[Vanished]:
        """The APIs that stay in the catalog although they are not offered."""
        return [each for each in self.vanished if each.users]


def compare(repository: Repository, offered: Mapping[str, OfferedApi], owner: str | None) -> Refresh:
    """Return how the catalog differs; `owner` is that of new APIs for which nothing else names one.

    Raises InputError for a catalog with errors.
    """
    catalogs = _catalogs(repository)
    listed = {api.name: api for _, body in catalogs for api in body.spec.apis}
    owners = settings(repository.configuration).spec.owners
    appeared, unowned, notes = [], {}, []
    for name in sorted(offered.keys() - listed.keys()):
        api, problems = _valid(offered[name])
        notes += problems
        if api is not None:
            chosen = api.owner if api.owner in owners else owner
            if chosen is None:
                unowned[name] = api.owner
            appeared.append(msgspec.structs.replace(api, owner=chosen))
    users = _Users(repository)
    vanished = [
        Vanished(api.name, document, number, users.of(api.name))
        for document, body in catalogs
        for number, api in enumerate(body.spec.apis)
        if api.name not in offered
    ]
    return Refresh(tuple(appeared), tuple(vanished), unowned, tuple(notes))


def other_visibility(repository: Repository, offered: Mapping[str, OfferedApi]) -> list[str]:
    """Return a note for each API that has another visibility in the portal than in the catalog."""
    return [
        f'API "{api.name}" is {offered[api.name].visibility} in the portal; the catalog says '
        f"{api.visibility}, which is kept"
        for _, body in _catalogs(repository)
        for api in body.spec.apis
        if api.name in offered and offered[api.name].visibility != api.visibility
    ]


def edits(repository: Repository, refresh: Refresh) -> Edits:
    """Return the edits of the catalog: entries are added at the end, or removed; all others stay.

    Raises InputError where no path of the configuration can have a catalog.
    """
    new = [_entry(api) for api in refresh.appeared]
    catalogs = [document for document, _ in _catalogs(repository)]
    if not catalogs:
        return Edits(new_files=(_new_file(repository, refresh.appeared),)) if new else Edits()
    gone: dict[int, set[int]] = {}
    for each in refresh.removed:
        gone.setdefault(id(each.document), set()).add(each.index)
    return Edits(
        tuple(
            DocumentEdit(
                each, _operations(each, gone.get(id(each), set()), new if each is catalogs[0] else [])
            )
            for each in catalogs
        )
    )


def _operations(document: Document, gone: set[int], new: list[Any]) -> list[Operation]:
    found: list[Operation] = []
    if new:
        has_list = isinstance(at(document.data, *_APIS), list)
        found.append(Extend(_APIS, new) if has_list else Put(("spec",), "apis", new))
    return [*found, RemoveEach(_APIS, frozenset(gone))] if gone else found


def _catalogs(repository: Repository) -> list[tuple[Document, Catalog]]:
    """Return the catalogs, in order. Raises InputError if one has errors."""
    documents = [each for each in repository.documents if each.kind == "Catalog"]
    found = [(each, each.body) for each in documents if isinstance(each.body, Catalog)]
    # Without a document, a path of a catalog may only not exist yet.
    if len(found) < len(documents) or (documents and "Catalog" in repository.unreadable):
        raise InputError("the catalog has errors", "run `reconciler validate` to see them")
    return found


def _valid(api: OfferedApi) -> tuple[OfferedApi | None, list[str]]:
    """Return an API as the catalog can have it, or None, and what it cannot have."""
    try:
        CatalogApi.model_validate(
            {"name": api.name, "owner": "any", "displayName": api.display_name or "any"}
        )
    except ValidationError as error:
        if any(each["loc"] == ("name",) for each in error.errors()):
            reason = "names in files have only letters, digits and the characters . _ ~ -"
            return None, [f'API "{decoded(api.name)}" cannot be listed: {reason}']
        shown = msgspec.structs.replace(api, display_name=None)
        return shown, [
            f'API "{api.name}": its name for people is too long, or has characters that do not show'
        ]
    return api, []


def _entry(api: OfferedApi) -> dict[str, Any]:
    """Return the entry of an API, without defaults."""
    values = {
        "name": api.name,
        "displayName": api.display_name if api.display_name != api.name else None,
        "owner": api.owner,
        "visibility": api.visibility if api.visibility != _DEFAULT else None,
    }
    return {key: value for key, value in values.items() if value is not None}


def _new_file(repository: Repository, apis: Sequence[OfferedApi]) -> ProposedFile:
    path = catalog_path(repository.configuration)
    if path is None:
        message = f"no path in {repository.configuration.file} can have a catalog"
        raise InputError(message, "add `catalog.yaml: [Catalog]` to its paths")
    owners = settings(repository.configuration).spec.owners
    text = file_text([catalog_data(apis, owners, "")], posixpath.dirname(path))
    return ProposedFile(path, None, text, ("Catalog",))


class _Users:
    """The access groups and products that contain APIs; documents with errors count as well."""

    def __init__(self, repository: Repository) -> None:
        self._products: dict[str, list[str]] = {}
        self._groups: dict[str, list[str]] = {}
        self._with_product: dict[str, list[str]] = {}
        self._unread = bool({"AccessGroup", "ApiProduct"} & repository.unreadable)
        for document in repository.documents:
            name = str(document.name)
            if document.kind == "ApiProduct":
                self._note(self._products, document, "apis", name)
            elif document.kind == "AccessGroup":
                self._note(self._groups, document, "apis", name)
                self._note(self._with_product, document, "products", name)

    def of(self, api: str) -> tuple[str, ...]:
        """Return what contains an API, in words."""
        return tuple(self._named(api))

    def _named(self, api: str) -> Iterator[str]:
        if groups := self._groups.get(api):
            yield f"access {_named('group', groups)}"
        for product in self._products.get(api, ()):
            groups = self._with_product.get(product, [])
            where = f" (in access {_named('group', groups)})" if groups else ""
            yield f"API product {product}{where}"
        if self._unread:
            yield "perhaps a file that cannot be read"

    def _note(self, places: dict[str, list[str]], document: Document, key: str, name: str) -> None:
        for item in items(document.data, "spec", key):
            if isinstance(item, str):
                places.setdefault(item, []).append(name)


def _named(noun: str, names: Sequence[str]) -> str:
    return f"{noun if len(names) == 1 else f'{noun}s'} {', '.join(sorted(set(names)))}"


def problem(refresh: Refresh, owners: Sequence[str]) -> InputError:
    """Return the error about new APIs that have no owner."""
    shown = [
        f'{name} (its owner "{owner}" is not in the configuration)' if owner else name
        for name, owner in refresh.unowned.items()
    ]
    message = f"{counted(len(shown), 'new API has', 'new APIs have')} no owner: {', '.join(shown)}"
    return InputError(message, f"give one to all of them with --owner; known: {', '.join(owners) or 'none'}")
