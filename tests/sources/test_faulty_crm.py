"""Whatever fails while a CRM is read: the accounts are complete, or the run says that they are not."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import HTMLResponse, RedirectResponse, Response

from reconciler.errors import PortalError
from reconciler.model.accounts import Accounts
from reconciler.sources.tryton import adapter
from tests.laws import examples
from tests.servers.rest_crm import RestDouble
from tests.servers.tryton_rpc import TrytonDouble
from tests.sources.rest import opening as rest
from tests.sources.tryton import opening as tryton

NAMES: Final = [f"Partner {number}" for number in range(7)]
STYLES: Final = [rest.DYNAMICS, rest.NUMBERED, rest.OFFSET, rest.LINKED, rest.WHOLE]
Fault = Callable[[Any], Any]

# What a service, or something between, answers instead of a page. Most are repeated.
ANSWERS: Final[dict[str, Fault]] = {
    "fine": lambda body: body,
    "busy": lambda _: Response(status_code=429, headers={"Retry-After": "1"}),
    "broken": lambda _: Response(status_code=500),
    "away": lambda _: Response(status_code=503),
    "cut": lambda _: Response(b'{"data": [{"id": "1"', media_type="application/json"),
    "login": lambda _: HTMLResponse("<title>Log in</title>"),
    "moved": lambda _: RedirectResponse("https://evil.example/"),
    "nothing": lambda _: Response(b"null", media_type="application/json"),
}


def _in_list(change: Callable[[list[Any]], list[Any]]) -> Fault:
    def changed(body: Any) -> Any:
        if isinstance(body, list):
            return change(body)
        if isinstance(body, dict):
            return {key: change(each) if isinstance(each, list) else each for key, each in body.items()}
        return body

    return changed


def _other_total(body: Any) -> Any:
    if isinstance(body, int):
        return body + 1
    return {**body, "meta": {**body["meta"], "total": 5}} if "meta" in body else body


TWICE: Final = {"twice": _in_list(lambda items: items + items[:1])}
# These can be noticed only where the service counts its items.
COUNTED: Final[dict[str, Fault]] = {
    "short": _in_list(lambda items: items[:-1]),
    "empty": _in_list(lambda _: []),
    "total": _other_total,
}
REORDERED: Final[dict[str, Fault]] = {"reordered": _in_list(lambda items: items[::-1])}


def faults(*kinds: dict[str, Fault]) -> st.SearchStrategy[list[Fault]]:
    known: dict[str, Fault] = {}
    for each in kinds:
        known |= each
    return st.lists(st.sampled_from(sorted(known)), max_size=8).map(
        lambda names: [known[name] for name in names]
    )


def inject(script: Sequence[Fault]) -> Callable[..., Any]:
    """Return what changes the next answers by the script, and leaves those after it as they are."""
    left = list(script)
    return lambda body, *_: left.pop(0)(body) if left else body


def require_all(read: Callable[[], Accounts]) -> None:
    """Check that an incomplete list is never returned as a complete one."""
    with suppress(PortalError):
        found = read()
        names = [each.values["name"] for each in found.accounts]
        assert sorted(names) == NAMES


def rest_double(script: Sequence[Fault]) -> RestDouble:
    double = RestDouble(*({"id": str(number), "name": name} for number, name in enumerate(NAMES)))
    double.alter = inject(script)
    return double


@examples(240)
@given(script=faults(ANSWERS, TWICE, REORDERED), style=st.sampled_from(STYLES))
def test_a_json_api_that_fails_is_never_read_in_part(script: list[Fault], style: dict[str, Any]) -> None:
    require_all(lambda: rest.read(rest_double(script), style))


@examples(240)
@given(script=faults(ANSWERS, TWICE, REORDERED, COUNTED))
def test_a_json_api_with_a_total_is_never_read_in_part(script: list[Fault]) -> None:
    require_all(lambda: rest.read(rest_double(script), rest.NUMBERED))


@examples(240)
@given(script=faults(ANSWERS, TWICE, REORDERED, COUNTED))
def test_a_tryton_that_fails_is_never_read_in_part(script: list[Fault]) -> None:
    double = TrytonDouble()
    for name in NAMES:
        double.subscription(double.party(name), "running")
    double.alter = inject(script)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapter, "PAGE", 3)
        require_all(lambda: tryton.read(double))
