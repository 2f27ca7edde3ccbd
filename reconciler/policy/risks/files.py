"""Risks of changes that only affect files but govern later plans; SETTINGS has a function for each."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.model.ids import kind_of
from reconciler.model.plan import FileChange
from reconciler.model.risk import Rank, Risk, RiskRule, quoted
from reconciler.model.rule import DEFAULTS
from reconciler.policy.risks.facts import short
from reconciler.policy.risks.offers import offers

RiskCheck: TypeAlias = Callable[[FileChange], Iterator[Risk]]

_SEVERITIES: Final = ("off", "info", "warning", "error")
# Without a mode, approvals of owners with approvers are enforced.
_MODES: Final = ("off", "report", None, "enforce")
_VISIBILITIES: Final = ("restricted", "organization", "public")


def of_files(change: FileChange) -> Iterator[Risk]:
    """Yield the risks of a file change; an unknown setting counts as one that controls access."""
    return SETTINGS.get(_key(change), _trusted)(change)


def _key(change: FileChange) -> str:
    """Return the key in SETTINGS: the kind with the changed field or setting."""
    kind = kind_of(change.about)
    name = change.path if change.path == "metadata.name" else change.path.partition(".")[0]
    return f"{kind}.{name}"


def _setting(change: FileChange, rule: RiskRule, rank: Rank, what: str = "setting") -> Iterator[Risk]:
    message = f"{what} {quoted(change.path)} is now {_value(change.after)} (was {_value(change.before)})"
    yield Risk(rule=rule, rank=rank, subject=change.about, message=message)


def _value(value: Any) -> str:
    if value is None:
        return "not set"
    return quoted(value if isinstance(value, str) else msgspec.json.encode(value).decode())


def _directed(change: FileChange, *, looser: bool) -> Iterator[Risk]:
    if looser:
        return _setting(change, "setting-loosened", "high")
    return _setting(change, "setting-tightened", "low")


def _trusted(change: FileChange) -> Iterator[Risk]:
    """Yield the risk of a setting that controls secrets, ownership or approvals."""
    return _setting(change, "setting-loosened", "high")


def _other(change: FileChange) -> Iterator[Risk]:
    return _setting(change, "setting-changed", "medium")


def _owners(change: FileChange) -> Iterator[Risk]:
    """Yield the risk of an owner: low for a new one, high if an existing owner changes address or user."""
    if change.before is None:
        return _setting(change, "setting-changed", "low")
    return _trusted(change)


def _rules(change: FileChange) -> Iterator[Risk]:
    default = DEFAULTS.get(change.path.partition(".")[2])
    before, after = (
        _SEVERITIES.index(each if each is not None else default.value if default else "error")
        for each in (change.before, change.after)
    )
    return _directed(change, looser=after < before)


def _guard(change: FileChange) -> Iterator[Risk]:
    """Yield the risk of a guard setting: a higher limit, fewer days or a new digest loosen the guard."""
    setting = change.path.partition(".")[2]
    if setting == "allow":
        return _directed(change, looser=bool({*(change.after or ())} - {*(change.before or ())}))
    if setting == "endWithinDays":
        return _directed(change, looser=(change.after or 0) < (change.before or 0))
    before, after = change.before or {}, change.after or {}
    return _directed(change, looser=any(after.get(name, 0) > before.get(name, 0) for name in after))


def _approvals(change: FileChange) -> Iterator[Risk]:
    before, after = (_MODES.index(each) for each in (change.before, change.after))
    return _directed(change, looser=after < before)


def _allow_empty(change: FileChange) -> Iterator[Risk]:
    return _directed(change, looser=bool(change.after))


def _exceptions(change: FileChange) -> Iterator[Risk]:
    known = [msgspec.json.encode(each) for each in change.before or ()]
    new = [each for each in change.after or () if msgspec.json.encode(each) not in known]
    for each in new:
        message = (
            f"{short(change.about)} has an exception from {quoted(each['rule'])} until"
            f" {quoted(each['until'])}:"
            f" {quoted(each['reason'])}"
        )
        yield Risk(rule="exception", rank="medium", subject=change.about, message=message)
    if not new:
        message = f"{short(change.about)} has fewer exceptions from rules"
        yield Risk(rule="exception-removed", rank="low", subject=change.about, message=message)


def _unmanaged(change: FileChange) -> Iterator[Risk]:
    return _setting(change, "setting-changed", "medium", f"{short(change.about)}: setting")


def _portals(change: FileChange) -> Iterator[Risk]:
    return _setting(change, "setting-changed", "medium", f"{short(change.about)}: setting")


def _teams(change: FileChange) -> Iterator[Risk]:
    """Yield the risk of another name in the portal, or of another group of a directory for later pulls."""
    if change.path.endswith(".externalName"):
        return _trusted(change)
    return _setting(change, "setting-changed", "medium", f"{short(change.about)}: setting")


def _api_owner(change: FileChange) -> Iterator[Risk]:
    message = f"API {short(change.about)} now belongs to {_value(change.after)} (was {_value(change.before)})"
    yield Risk(rule="api-owner", rank="high", subject=change.about, message=message)


def _api_visibility(change: FileChange) -> Iterator[Risk]:
    message = (
        f"API {short(change.about)} is now listed as {_value(change.after)} (was {_value(change.before)})"
    )
    before, after = (_order(each) for each in (change.before, change.after))
    yield Risk(
        rule="visibility-widened" if after > before else "visibility-narrowed",
        rank="high" if after > before else "low",
        subject=change.about,
        message=message,
    )


def _bundled_by(change: FileChange) -> Iterator[Risk]:
    """Yield the risk of owners who can bundle an API of another owner."""
    before, after = {*(change.before or ())}, {*(change.after or ())}
    rule: RiskRule = "setting-loosened" if after - before else "setting-tightened"
    yield from _setting(
        change, rule, "medium" if after - before else "low", f"API {short(change.about)}: setting"
    )


def _order(visibility: Any) -> int:
    return _VISIBILITIES.index(visibility) if visibility in _VISIBILITIES else 0


SETTINGS: Final[Mapping[str, RiskCheck]] = {
    "configuration.metadata.name": _trusted,
    "configuration.paths": _other,
    "configuration.owners": _owners,
    "configuration.approvals": _approvals,
    "configuration.defaultPortal": _trusted,
    "configuration.portals": _trusted,
    "configuration.sources": _trusted,
    "configuration.guard": _guard,
    "configuration.rules": _rules,
    "configuration.external": _other,
    "configuration.unmanagedGrants": _other,
    "configuration.endingSoonDays": _other,
    "configuration.allowEmpty": _allow_empty,
    "partner.exceptions": _exceptions,
    # Another name can be that of another object of the portal.
    "partner.externalName": _trusted,
    "partner.portals": _portals,
    "partner.teams": _teams,
    "access-group.exceptions": _exceptions,
    "access-group.externalName": _trusted,
    "access-group.offers": offers,
    "access-group.portals": _portals,
    "access-group.unmanagedGrants": _unmanaged,
    "api-product.exceptions": _exceptions,
    "api-product.externalName": _trusted,
    "api-product.portals": _portals,
    "api.owner": _api_owner,
    "api.visibility": _api_visibility,
    "api.bundledBy": _bundled_by,
}
