"""Risks of changed offers, one for each partner or type of partner."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from reconciler.model.counting import counted
from reconciler.model.plan import FileChange
from reconciler.model.risk import Risk, quoted
from reconciler.policy.risks.facts import short

# The maximum number of days for each level; infinite without a limit.
_Terms: TypeAlias = Mapping[str, float]

_UNLIMITED: Final = float("inf")
_TAKERS: Final = {
    "reseller": "resellers",
    "subsidiary": "subsidiaries",
    "contractor": "contractors",
    "external": "external partners",
    "internal": "internal partners",
}


def offers(change: FileChange) -> Iterator[Risk]:
    """Yield a risk for each partner or type whose offer of a group is widened or narrowed."""
    before, after = _by_taker(change.before or ()), _by_taker(change.after or ())
    for taker in sorted({*before, *after}):
        had, has = before.get(taker, {}), after.get(taker, {})
        wider = any(days > had.get(level, 0) for level, days in has.items())
        if not wider and had == has:
            continue
        what, was = _describe(has), _describe(had)
        may = f"may now get {what} on" if has else "may no longer use"
        message = f"{taker} {may} {short(change.about)} (was {was})"
        yield Risk(
            rule="offer-widened" if wider else "offer-narrowed",
            rank="high" if wider else "low",
            subject=change.about,
            message=message,
        )


def _by_taker(listed: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Return the maximum offer for each partner or type; level consume includes view."""
    found: dict[str, dict[str, float]] = {}
    for offer in listed:
        type_ = str(offer.get("type"))
        taker = f"partner {quoted(offer['partner'])}" if "partner" in offer else _TAKERS.get(type_, type_)
        terms = found.setdefault(taker, {})
        days = offer.get("maxDays") or _UNLIMITED
        for level in ("view", "consume") if offer.get("level", "consume") == "consume" else ("view",):
            terms[level] = max(days, terms.get(level, 0))
    return found


def _describe(terms: _Terms) -> str:
    """Return the highest level, and also the lower one if it lasts longer."""
    levels = [level for level in ("consume", "view") if level in terms]
    if len(levels) > 1 and terms["view"] == terms["consume"]:
        levels = ["consume"]
    return " and ".join(f"{quoted(level)}{_for(terms[level])}" for level in levels) or "nothing"


def _for(days: float) -> str:
    return "" if days == _UNLIMITED else f" for at most {counted(int(days), 'day')}"
