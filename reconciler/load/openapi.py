"""Read the APIs that a folder of OpenAPI files describes: of each file, only what is under `info`.

The files are of other people and tools: keys may be numbers, and tags and merge keys are not used. Files
without `openapi` or `swagger` at the top are left alone.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from reconciler.load.files import File, Reader
from reconciler.load.phrases import quote
from reconciler.load.trees import Folder
from reconciler.load.yaml_parser import parse_foreign
from reconciler.model.field_types import API
from reconciler.model.file_names import JSON
from reconciler.model.finding import Finding, Source
from reconciler.model.json_input import ANY_JSON, decode_json
from reconciler.model.resource import OfferedApi
from reconciler.model.slugs import slug

NAME_KEY: Final = "x-reconciler-name"
OWNER_KEY: Final = "x-reconciler-owner"
_MAX_FILES: Final = 10_000
_MAX_NAME: Final = 255
_BOM: Final = b"\xef\xbb\xbf"
_NAME: Final = re.compile(API.removesuffix("$") + r"\Z")
_MAJOR: Final = re.compile(r"\s*v?(\d{1,9})", re.IGNORECASE)
_VERSIONED: Final = re.compile(r"-v\d+\Z")


class _InvalidError(Exception):
    """Why an OpenAPI document describes no API: a message and a hint."""


class _Described(msgspec.Struct, frozen=True):
    """An API, and the file that describes it."""

    api: OfferedApi
    file: str


def described_apis(folder: Path) -> tuple[dict[str, OfferedApi], list[Finding]]:
    """Return the APIs by name, and what is wrong with files, whose paths are relative to the folder.

    Several files with the same name and title, such as for minor versions, describe one API.
    """
    reader = Reader(Folder(folder))
    found: dict[str, _Described] = {}
    findings: list[Finding] = []
    for number, file in enumerate(reader.read({".": ()}, {".": Source(".")})):
        if number == _MAX_FILES:
            message = f"the folder has more than {_MAX_FILES:,} YAML and JSON files"
            findings.append(Finding.at(Source(file.path), "yaml", message, "choose a smaller folder"))
            break
        documents, wrong = _documents(file)
        findings += [*wrong, *_add(found, file.path, documents)]
    return {name: each.api for name, each in found.items()}, [*reader.findings, *findings]


def _documents(file: File) -> tuple[list[Any], list[Finding]]:
    if not file.path.lower().endswith(JSON):
        return parse_foreign(file.path, file.content)
    try:
        return [decode_json(file.content.removeprefix(_BOM), ANY_JSON)], []
    except msgspec.DecodeError as error:
        message = f"{file.path} is not valid JSON: {error}"
        return [], [Finding.at(Source(file.path), "yaml", message, "fix it, or move it elsewhere")]


def _add(found: dict[str, _Described], file: str, documents: list[Any]) -> Iterator[Finding]:
    """Add the APIs of a file; yield what is wrong with it."""
    for data in documents:
        if not isinstance(data, dict) or not {"openapi", "swagger"} & data.keys():
            continue
        try:
            api = _api(data.get("info"))
        except _InvalidError as error:
            yield Finding.at(Source(file), "schema", *error.args)
            continue
        other = found.setdefault(api.name, _Described(api, file))
        if other.api != api:
            message = f'{other.file} has another title or owner for the API "{api.name}"'
            hint = f"give one of them another name with `{NAME_KEY}` under `info`"
            yield Finding.at(Source(file), "schema", message, hint)


def _api(info: Any) -> OfferedApi:
    """Return the API that a document describes. Raises _InvalidError."""
    if not isinstance(info, dict):
        raise _InvalidError("`info` is missing", "add it, with title and version")
    title, owner = _text(info, "title"), _text(info, OWNER_KEY)
    name = _text(info, NAME_KEY) or _name(title, info.get("version"))
    if not _NAME.match(name) or len(name) > _MAX_NAME:
        message = f"{quote(name)} cannot be the name of an API"
        raise _InvalidError(message, "use letters, digits and the characters . _ ~ -")
    return OfferedApi(name, "restricted", owner or None, title or None)


def _text(info: Mapping[str, Any], key: str) -> str:
    """Return a text under `info` on one line; empty if it is missing. Raises _InvalidError for others."""
    value = info.get(key, "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise _InvalidError(f"`info.{key}` must be text", "quote it")
    return " ".join(value.split())


def _name(title: str, version: Any) -> str:
    """Return the slug of a title with the major version. Raises _InvalidError if it has no letters."""
    stem = slug(title)
    if not stem:
        problem = f"`info.title` {quote(title)} has no Latin letter" if title else "`info.title` is missing"
        raise _InvalidError(problem, f"set the name of the API with `{NAME_KEY}` under `info`")
    major = _MAJOR.match(str(version))
    return stem if major is None or _VERSIONED.search(stem) else f"{stem}-v{int(major[1])}"
