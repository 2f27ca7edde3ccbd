"""Find what is wrong with the mapping of a source, before any account is read."""

from collections.abc import Iterator
from typing import TypeAlias

from reconciler.errors import InputError
from reconciler.model.configuration import ConfigurationSpec
from reconciler.model.crm_settings import Column, CrmSource, CsvSource
from reconciler.model.directory_settings import DirectorySource
from reconciler.model.document import Document
from reconciler.model.partner import FromSource
from reconciler.model.printable import printable
from reconciler.model.source_map import Path
from reconciler.model.source_settings import SourceSettings
from reconciler.workflow.sync.mapping import AccountMapper

# The path of a setting below its source, what is wrong with it, and a hint.
SettingProblem: TypeAlias = tuple[Path, str, str]


def mapping_problems(source: SourceSettings, spec: ConfigurationSpec) -> Iterator[SettingProblem]:
    """Yield the settings of a CRM with which no account could be mapped; a directory has none."""
    if not isinstance(source, CrmSource):
        return
    if isinstance(source, CsvSource) and not _is_encoding(source.encoding):
        yield ("encoding",), f'unknown encoding "{printable(source.encoding)}"', "use utf-8, utf-16 or cp1252"
    mapper = AccountMapper(source, spec.owners)
    for key, column in source.fields.mapped().items():
        for path, message, hint in _of_column(mapper, key, column):
            yield ("fields", key, *path), message, hint
    for number, team in enumerate(source.new.teams):
        for key, people in (("admins", team.admins), ("members", team.members)):
            if isinstance(people, FromSource) and not _is_directory(people.source, spec):
                where: Path = ("new", "teams", number, key, "from")
                yield where, f'source "{people.source}" is not a directory', "name one under sources"


def require_usable(configuration: Document, name: str, source: CrmSource, spec: ConfigurationSpec) -> None:
    """Raise InputError that lists what is wrong with the mapping of a source."""
    problems = [
        f"{configuration.where('spec', 'sources', name, *path)}: {message}{f'; {hint}' if hint else ''}"
        for path, message, hint in mapping_problems(source, spec)
    ]
    if problems:
        raise InputError("\n".join(problems))


def _of_column(mapper: AccountMapper, key: str, column: Column) -> Iterator[SettingProblem]:
    if column.column is None and column.default is None:
        yield (), f"{key} has neither a column nor a default", "set one of them"
    if column.date is not None and not _is_whole(column.date):
        yield ("date",), "the form of dates has no day, month or year", ""
    values: list[tuple[Path, str]] = [(("values", text), value) for text, value in column.values.items()]
    if column.default is not None:
        values.append((("default",), column.default))
    for path, value in values:
        # An empty text leaves the field as it is, and the forms of dates differ.
        if value and not (key == "until" and path[0] == "values"):
            try:
                mapper.checked(key, value)
            except InputError as error:
                yield path, error.message, error.hint


def _is_whole(form: str) -> bool:
    """Return whether a form of dates has day, month and year."""
    day = "%j" in form or ("%d" in form and "%m" in form)
    return day and ("%Y" in form or "%y" in form)


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        return False
    return True


def _is_directory(name: str, spec: ConfigurationSpec) -> bool:
    return isinstance(spec.sources.get(name), DirectorySource)
