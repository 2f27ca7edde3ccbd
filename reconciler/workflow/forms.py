"""Issue forms whose lists offer what the files define: types, owners, access groups and partners."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, get_args

from reconciler.edit import Replace, changed, patched
from reconciler.errors import InputError
from reconciler.load.outline import outline
from reconciler.load.yaml_parser import parse
from reconciler.model.counting import counted
from reconciler.model.document import AccessGroup, Partner, Repository
from reconciler.model.field_types import PartnerType
from reconciler.model.finding import Source
from reconciler.model.source_map import Path
from reconciler.workflow.validate import settings

# What each list offers, by the id of its question.
Choices: TypeAlias = Mapping[str, Sequence[str]]
# GitHub adds this choice itself, and refuses a form that has it.
_RESERVED = "none"


def form_choices(repository: Repository) -> Choices:
    """Return what the lists of forms offer."""
    bodies = [(str(each.name), each.body) for each in repository.documents]
    found = {
        "type": get_args(PartnerType),
        "owner": tuple(settings(repository.configuration).spec.owners),
        "access": sorted(name for name, body in bodies if isinstance(body, AccessGroup) and _is_open(body)),
        "partner": sorted(
            name for name, body in bodies if isinstance(body, Partner) and body.spec.status != "ended"
        ),
    }
    return {question: [name for name in names if name != _RESERVED] for question, names in found.items()}


def with_choices(file: str, text: str, choices: Choices) -> str:
    """Return the text of a form whose lists offer these choices; a list without any stays as it is.

    Everything else stays as it is, comments too. Raises InputError for a text that is not a form.
    """
    data = _data(file, text)
    for path, names in _lists(data, choices):
        operation = Replace(path, names)
        try:
            text = patched(text, outline(text)[0], data, operation)
        except InputError as error:
            raise InputError(f"{file}: {error.message}", error.hint) from error
        data = changed(data, operation)
    if _data(file, text) != data:
        raise InputError(f"{file}: the lists cannot be changed", "write them as `options: [a, b]`")
    return text


def _is_open(group: AccessGroup) -> bool:
    """Return whether some type of partner can take up a group in full."""
    return any(each.type and each.level == "consume" for each in group.spec.offers)


def _data(file: str, text: str) -> Any:
    """Return the values of a form. Raises InputError."""
    found, findings, _ = parse(file, text.encode())
    if findings or len(found) != 1:
        lines = [f"{Source(file, each.line, each.column)}: {each.message}" for each in findings] or [
            f"{file} has {counted(len(found), 'document')}"
        ]
        raise InputError("\n".join(lines), "fix the form first")
    return found[0].data


def _lists(data: Any, choices: Choices) -> Iterator[tuple[Path, list[str]]]:
    """Yield the place of each list that differs from what its question is to offer."""
    body = data.get("body") if isinstance(data, dict) else None
    for index, element in enumerate(body if isinstance(body, list) else ()):
        if not isinstance(element, dict) or element.get("type") != "dropdown":
            continue
        attributes, names = element.get("attributes"), choices.get(str(element.get("id")))
        options = attributes.get("options") if isinstance(attributes, dict) else None
        if names and isinstance(options, list) and options != list(names):
            yield ("body", index, "attributes", "options"), list(names)
