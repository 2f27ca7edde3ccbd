"""The query of a request: filters, sorting, pages and sparse fieldsets."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from tests.servers.drupal.problems import ProblemError
from tests.servers.drupal.schema import ResourceType
from tests.servers.drupal.site import Entity, Site

Pairs = list[tuple[str, str]]
_KEY: Final = re.compile(r"\[([^]]*)\]")
_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "STARTS_WITH": lambda held, value: held.startswith(value),
    "CONTAINS": lambda held, value: value in held,
}


class Query:
    """The parameters of a request, as PHP reads them."""

    def __init__(self, text: str) -> None:
        self.pairs: Pairs = parse_qsl(text, keep_blank_values=True)

    def values(self, name: str) -> dict[tuple[str, ...], str]:
        """Return the parameters `NAME[a][b]=value` by their keys."""
        return {tuple(_KEY.findall(key)): value for key, value in self.pairs if key.partition("[")[0] == name}

    def one(self, name: str) -> str:
        """Return the parameter of a name, or an empty text."""
        return dict(self.pairs).get(name, "")

    def normalized(self) -> str:
        """Return the query as Symfony sorts it: by the names before brackets."""
        pairs: Pairs = sorted(self.pairs, key=_parameter)
        return urlencode(pairs, safe="/")

    def at(self, offset: int, size: int) -> str:
        """Return the query for another page."""
        others = [pair for pair in self.pairs if not pair[0].startswith("page[")]
        return urlencode([*others, ("page[offset]", str(offset)), ("page[limit]", str(size))])


def _parameter(pair: tuple[str, str]) -> str:
    return pair[0].partition("[")[0]


def selected(site: Site, kind: ResourceType, query: Query, user: str) -> list[Entity]:
    """Return the entities of a type that match the filters, sorted. Raises ProblemError."""
    found = site.of_type(kind.name)
    for path, compare, value in _conditions(query):
        _check(site, kind, path, user)
        found = [each for each in found if any(compare(held, value) for held in _held(site, each, path))]
    for name in filter(None, query.one("sort").split(",")):
        field = name.lstrip("-")
        _check(site, kind, [field], user)
        found.sort(key=lambda each: (_held(site, each, [field]) or [""])[0], reverse=name[0] == "-")
    return found


def _conditions(query: Query) -> list[tuple[list[str], Callable[[Any, Any], bool], str]]:
    named: dict[str, dict[str, str]] = {}
    for (name, *keys), value in query.values("filter").items():
        if keys[:1] == ["condition"]:
            named.setdefault(name, {})[keys[1]] = value
        else:
            named[name] = {"path": name, "value": value}
    return [
        (each["path"].split("."), _OPERATORS[each.get("operator", "=")], each["value"].casefold())
        for each in named.values()
    ]


def _check(site: Site, kind: ResourceType, path: Sequence[str], user: str) -> None:
    """Raise ProblemError for a field that does not exist, or that the user may not see."""
    seen: list[str] = []
    for field in path:
        if field not in {*fields_of(site, kind), "id"}:
            given = ".".join(path)
            detail = (
                f"Invalid nested filtering. The field `{field}`, given in the path `{given}`, does not exist."
            )
            raise ProblemError(400, detail)
        if field == "mail" and not _sees_mail(site, user):
            detail = f"The current user is not authorized to filter by the `{field}` field, given in the path"
            raise ProblemError(403, f"{detail} `{'.'.join([*seen, field])}`.")
        if field in kind.references:
            kind = site.types[kind.references[field].target]
            seen += [field, f"entity:{kind.entity}"]


def _sees_mail(site: Site, user: str) -> bool:
    return site.may(user, "administer users") or site.may(user, "view user email addresses")


def fields_of(site: Site, kind: ResourceType) -> set[str]:
    """Return the names of all fields of a type."""
    internal = {f"drupal_internal__{kind.key}", *(["drupal_internal__vid"] if kind.versioned else [])}
    examples = {name for each in site.of_type(kind.name)[:1] for name in each.attributes}
    return {kind.label, *internal, *kind.fields, *kind.references, *examples, "created", "changed", "status"}


def _held(site: Site, found: Entity, path: Sequence[str]) -> list[Any]:
    """Return the values at a path; texts are compared without regard to case, as MySQL does."""
    field, *rest = path
    if field in found.type.references:
        targets = [site.entities[each] for each in found.references[field] if each in site.entities]
        return [value for each in targets for value in _held(site, each, rest or ["id"])]
    if field == "id":
        return [found.id]
    if field == f"drupal_internal__{found.type.key}":
        return [found.key]
    value = found.attributes.get(field)
    return [] if value is None else [value.casefold() if isinstance(value, str) else value]
