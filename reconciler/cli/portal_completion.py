"""Values that a shell completes: they come from files, quickly, and an error completes nothing."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import click

Complete: TypeAlias = Callable[[click.Context, click.Parameter, str], list[str]]
# A shell inserts a name as it is, so a name must not be able to run anything.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ALL: Final = "all"
_LONGEST: Final = 1024**2
_PORTALS: Final = ["spec", "portals"]
# The parser slows down with each level, and the names are on the third.
_DEEPEST: Final = 100
# The key in whose place the items of a list are.
_ITEM: Final = "\0"


def complete_portal(context: click.Context, _option: click.Parameter, typed: str) -> list[str]:
    """Return the names of portals that begin with what was typed."""
    return [name for name in _portals(context.params.get("config")) if name.startswith(typed)]


def complete_portals(context: click.Context, option: click.Parameter, typed: str) -> list[str]:
    """Return the names of portals for the last of those that were typed, separated by commas, and `all`."""
    before, comma, last = typed.rpartition(",")
    found = complete_portal(context, option, last)
    if comma:
        given = before.split(",")
        return [f"{before},{name}" for name in found if name not in given]
    return [*found, *(name for name in (_ALL,) if name.startswith(last) and name not in found)]


def _portals(config: Any) -> list[str]:
    """Return the portals of the configuration; its settings are not checked, and no secret is read."""
    from yaml import YAMLError  # noqa: PLC0415  only to complete a value

    from reconciler.cli.storage.configuration_file import find_configuration  # noqa: PLC0415  the same
    from reconciler.errors import ReconcilerError  # noqa: PLC0415  the same

    try:
        with find_configuration(config).open("rb") as file:
            return [name for name in _keys(file.read(_LONGEST)) if _NAME.fullmatch(name)]
    except (ReconcilerError, OSError, ValueError, YAMLError):
        return []


def _keys(content: bytes) -> Iterator[str]:
    """Yield the keys below spec.portals. Values are not built: hostile nesting would crash the parser."""
    import yaml  # noqa: PLC0415  only to complete a value

    # For each open mapping, the key whose value is read, or None before a key.
    path: list[str | None] = []
    for event in yaml.parse(content, Loader=yaml.CLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            path.pop()
        if isinstance(event, yaml.CollectionStartEvent):
            path.append(None if isinstance(event, yaml.MappingStartEvent) else _ITEM)
            if len(path) > _DEEPEST:
                return
        elif isinstance(event, yaml.ScalarEvent) and path and path[-1] is None:
            path[-1] = event.value
            if path[:-1] == _PORTALS:
                yield event.value
        elif path and path[-1] != _ITEM:
            path[-1] = None
