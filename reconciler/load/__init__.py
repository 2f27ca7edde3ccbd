"""Read files into documents: every value keeps its position, and all errors are reported at once."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from reconciler.load.envelope import envelope
from reconciler.load.files import File, Reader
from reconciler.load.plain_document import Parsed
from reconciler.load.schema_errors import MAX_FINDINGS
from reconciler.load.trees import Folder, Tree
from reconciler.load.validation import Schemas, Validator, too_many
from reconciler.load.yaml_parser import parse
from reconciler.model.document import Configuration, Document, KindName, Repository
from reconciler.model.file_names import JSON, PEOPLE
from reconciler.model.finding import Finding, Severity, Source

_VERSION: Final = b"apiVersion"
_FOREIGN: Final = "it has no apiVersion"
_REQUIRED_KEYS: Final = "add apiVersion, kind, metadata and spec"

__all__ = [
    "File",
    "Folder",
    "KnownFiles",
    "Tree",
    "documents",
    "load",
    "load_configuration",
    "load_configuration_from",
    "load_from",
]


def load_configuration(path: Path, schemas: Schemas) -> tuple[Document | None, list[Finding]]:
    """Return the configuration in a file, or None, and all findings of the file."""
    return load_configuration_from(Folder(path.parent), path.name, schemas)


def load_configuration_from(tree: Tree, name: str, schemas: Schemas) -> tuple[Document | None, list[Finding]]:
    """Return the configuration in a file of a tree, or None, and all findings of the file."""
    tree.prepare([name], ())
    reader = Reader(tree)
    file = reader.file(name, ("Configuration",), named=True)
    if file is None:
        return None, reader.findings
    loaded = LoadedFile(file)
    loaded.check(Validator(schemas))
    if loaded.whole and not loaded.documents:
        empty = Finding.at(Source(file.path), "schema", "the file contains no configuration", _REQUIRED_KEYS)
        return None, [each for each in loaded.findings if each.severity is Severity.ERROR] or [empty]
    for other in loaded.documents[1:]:
        message = "the file of a configuration can contain only one document"
        loaded.findings.append(Finding.at(other.where(), "schema", message, "remove this document"))
    # Documents of other kinds have findings already and cannot serve as the configuration.
    configurations = (each for each in loaded.documents if each.kind == "Configuration")
    return next(configurations, None), loaded.findings


class KnownFiles:
    """The files of one load, for a second one: an equal file is not parsed again.

    A file is equal if its path, its content and the kinds that it may contain are. Then both loads return the
    same document objects for it.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, LoadedFile] = {}

    def contents(self) -> Iterator[bytes]:
        """Yield the content of each file."""
        return (each.file.content for each in self._loaded.values())

    def loaded(self, file: File) -> "LoadedFile":
        """Return a file that was loaded before if it is equal, or else parse it."""
        loaded = self._loaded.get(file.path)
        if loaded is None or loaded.file != file:
            loaded = LoadedFile(file)
            self._loaded.setdefault(file.path, loaded)
        return loaded


def load(configuration: Document, root: Path, schemas: Schemas) -> tuple[Repository, list[Finding]]:
    """Return all documents below the configuration's paths, and their findings."""
    return load_from(Folder(root), configuration, schemas, KnownFiles())


def load_from(
    tree: Tree, configuration: Document, schemas: Schemas, known: KnownFiles
) -> tuple[Repository, list[Finding]]:
    """Return all documents of a tree below the configuration's paths, and their findings.

    Documents of equal `known` files are the same objects as before; files with new paths are added to them.
    """
    if not isinstance(configuration.body, Configuration):
        raise TypeError("the configuration was not read")
    paths = configuration.body.spec.paths
    tree.prepare([*paths, PEOPLE], known.contents())
    places = {path: configuration.where("spec", "paths", path, key=True) for path in paths}
    reader = Reader(tree)
    files = chain(reader.read(dict(paths), places), reader.read_people())
    return documents(configuration, files, schemas, reader, known)


def documents(
    configuration: Document,
    files: Iterable[File],
    schemas: Schemas,
    reader: Reader,
    known: KnownFiles | None = None,
) -> tuple[Repository, list[Finding]]:
    """Return the documents of these files, and their findings."""
    known = known or KnownFiles()
    validator = Validator(schemas)
    digest = hashlib.sha256()
    read: list[Document] = []
    findings: list[Finding] = []
    unreadable: set[KindName] = set()
    unusual: set[str] = set()
    loadings: list[LoadedFile] = []
    # Run each step for all files before the next step: this keeps CPU caches warm.
    for file in list(files):
        loaded = known.loaded(file)
        if loaded.is_foreign:
            reader.ignored[file.path] = _FOREIGN
            continue
        digest.update(b"%d:%b%d:" % (len(file.path.encode()), file.path.encode(), len(file.content)))
        digest.update(file.content)
        if loaded.is_unusual:
            unusual.add(file.path)
        loadings.append(loaded)
    for loaded in loadings:
        loaded.check(validator)
        read += loaded.documents
        findings += loaded.findings
        unreadable |= loaded.unreadable
    repository = Repository(
        configuration,
        tuple(read),
        unreadable=frozenset(unreadable | reader.unread),
        files=len(loadings),
        digest=f"sha256:{digest.hexdigest()}",
        unusual=frozenset(unusual),
        ignored=reader.ignored,
    )
    return repository, reader.findings + findings


class LoadedFile:
    """The documents and findings of one file, and the kinds that its unreadable parts may contain.

    `whole` is true if the file could be read to its end, `is_foreign` if it is unrelated JSON, and
    `is_unusual` if it can contain more than printable ASCII.
    """

    __slots__ = ("_raws", "documents", "file", "findings", "is_foreign", "is_unusual", "unreadable", "whole")

    def __init__(self, file: File) -> None:
        self.file = file
        may_be_foreign = file.path.lower().endswith(JSON) and not file.named
        self.is_foreign = may_be_foreign and _VERSION not in file.content and b"\0" not in file.content
        if self.is_foreign:
            return
        self.is_unusual = _is_unusual(file.content)
        self._raws, self.findings, self.whole = parse(file.path, file.content)
        self.is_foreign = may_be_foreign and self.whole and not any(map(_has_version, self._raws))
        self.documents: list[Document] = []
        self.unreadable: set[KindName] = set() if self.whole else set(file.kinds)

    def check(self, validator: Validator) -> None:
        """Create documents from the parsed values, once; a document that matches its schema gets a body."""
        raws, self._raws = self._raws, []
        for raw in raws:
            if len(self.findings) > MAX_FINDINGS:
                self.unreadable.update(self.file.kinds)
                return
            self._check(raw, validator)
        if not self.findings:
            for raw in raws:
                raw.forget()

    def _check(self, raw: Parsed, validator: Validator) -> None:
        document, found = envelope(self.file, raw)
        left = MAX_FINDINGS - len(self.findings)
        if document is None:
            self.unreadable.update(self.file.kinds if found else ())
        else:
            self.documents.append(document)
            found += validator.check(document, raw.refused, left)
            if document.kind is None or document.name is None:
                self.unreadable.update(self.file.kinds if document.kind is None else (document.kind,))
        if len(found) > left:
            last = found[left]
            found = [*found[:left], too_many(Source(self.file.path, last.line, last.column))]
        self.findings += found


def _has_version(raw: Parsed) -> bool:
    return isinstance(raw.data, dict) and _VERSION.decode() in raw.data


def _is_unusual(content: bytes) -> bool:
    """Return whether a value can contain more than printable ASCII; rules check such text for homoglyphs.

    Such text has an escape, a tab or a domain in A-label form; libyaml rejects other unprintable characters.
    """
    return (
        b"\\" in content
        or b"\t" in content
        or (b"--" in content and (b"n--" in content or b"N--" in content))
        or not content.isascii()
    )
