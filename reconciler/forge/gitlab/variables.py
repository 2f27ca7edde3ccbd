"""Which variables of a project on GitLab its pipeline needs, and what is wrong with them."""

from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from reconciler.forge.gitlab.setup_schemas import Variable

_FORGE: Final = "GITLAB_TOKEN"
_PLAN: Final = "reconciler-plan"
_APPLY: Final = "reconciler-apply"
_BOTH: Final = "reconciler-*"


class VariableProblem(msgspec.Struct, frozen=True):
    """What is wrong with a variable, and the calls of glab that set it, each as words."""

    problem: str
    calls: tuple[tuple[str, ...], ...]


def variable_problems(
    found: Sequence[Variable], secrets: Collection[str]
) -> tuple[list[VariableProblem], list[VariableProblem]]:
    """Return what is wrong with variables, and what is absent; a group may define what is absent.

    `secrets` are the names of the variables with the secrets of portals.
    """
    tokens = [each for each in found if each.key == _FORGE or each.key in secrets]
    wrong = [problem for each in tokens if (problem := _wrong(each)) is not None]
    return wrong, list(_absent(tokens, secrets))


def _wrong(variable: Variable) -> VariableProblem | None:
    key, scope = variable.key, variable.environment_scope
    name = f"{key} ({scope})"
    expected = _BOTH if key == _FORGE else _APPLY
    if not scope.startswith(_BOTH.rstrip("*")) or (key != _FORGE and scope == _BOTH):
        others = () if key == _FORGE else (_set(key, _PLAN),)
        calls = (*others, _set(key, expected), ("variable", "delete", key, "--scope", scope))
        return VariableProblem(f"{name} is for more than one kind of job", calls)
    if not variable.masked and not variable.hidden:
        return VariableProblem(f"{name} is not masked", (_set(key, scope, "update"),))
    if scope == _APPLY and key != _FORGE and not variable.protected:
        problem = f"{name} is not protected, so every branch can use it"
        return VariableProblem(problem, (_set(key, scope, "update"),))
    return None


def _absent(tokens: Sequence[Variable], secrets: Collection[str]) -> Iterator[VariableProblem]:
    for environment in (_PLAN, _APPLY):
        for key in sorted(secrets):
            if not _is_set(tokens, key, environment):
                yield VariableProblem(f"no variable {key} ({environment})", (_set(key, environment),))
    if not all(_is_set(tokens, _FORGE, environment) for environment in (_PLAN, _APPLY)):
        yield VariableProblem(f"no variable {_FORGE} ({_BOTH})", (_set(_FORGE, _BOTH),))


def _is_set(tokens: Sequence[Variable], key: str, environment: str) -> bool:
    return any(each.key == key and fnmatchcase(environment, each.environment_scope) for each in tokens)


def _set(key: str, scope: str, verb: str = "set") -> tuple[str, ...]:
    protected = ("--protected",) if scope == _APPLY else ()
    return ("variable", verb, key, "--masked", *protected, "--scope", scope)
