"""Which variables of a project on GitLab its pipeline needs, and what is wrong with them."""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from shlex import quote
from typing import Final

import msgspec

from reconciler.forge.gitlab.schemas import Variable

_FORGE: Final = "GITLAB_TOKEN"
_PORTALS: Final = "PORTAL_"
_PLAN: Final = "reconciler-plan"
_APPLY: Final = "reconciler-apply"
_BOTH: Final = "reconciler-*"


class VariableProblem(msgspec.Struct, frozen=True):
    """What is wrong with a variable, and the command that sets it; it asks for the value."""

    problem: str
    hint: str


def variable_problems(found: Sequence[Variable]) -> tuple[list[VariableProblem], list[VariableProblem]]:
    """Return what is wrong with variables, and what is absent; a group may define what is absent."""
    tokens = [each for each in found if each.key == _FORGE or each.key.startswith(_PORTALS)]
    return [problem for each in tokens for problem in _wrong(each)], list(_absent(tokens))


def _wrong(variable: Variable) -> Iterator[VariableProblem]:
    name = f"{variable.key} ({variable.environment_scope})"
    if not variable.masked and not variable.hidden:
        yield VariableProblem(f"{name} is not masked", _set(variable.key, variable.environment_scope))
    if variable.key == _FORGE:
        if not variable.environment_scope.startswith(_BOTH.rstrip("*")):
            yield VariableProblem(f"{name} is for all environments", _set(_FORGE, _BOTH))
        return
    if not _is_for(variable, _APPLY):
        return
    if _is_for(variable, _PLAN):
        yield VariableProblem(f"{name} is for plan and apply alike", _set(variable.key, _APPLY))
    elif not variable.protected:
        yield VariableProblem(
            f"{name} is not protected, so each branch can use it", _set(variable.key, _APPLY)
        )


def _absent(tokens: Iterable[Variable]) -> Iterator[VariableProblem]:
    tokens = tuple(tokens)
    for environment in (_PLAN, _APPLY):
        if not any(_is_for(each, environment) for each in tokens if each.key != _FORGE):
            yield VariableProblem(
                f"no variable {_PORTALS}… for {environment}", _set(f"{_PORTALS}TOKEN", environment)
            )
    if not any(each.key == _FORGE for each in tokens):
        yield VariableProblem(f"no variable {_FORGE}", _set(_FORGE, _BOTH))


def _is_for(variable: Variable, environment: str) -> bool:
    return fnmatchcase(environment, variable.environment_scope)


def _set(key: str, scope: str) -> str:
    protected = " --protected" if scope == _APPLY else ""
    return f"glab variable set {quote(key)} --masked{protected} --scope {quote(scope)}"
