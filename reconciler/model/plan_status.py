"""The status and the headline of a plan, the same in every format."""

from typing import Literal, TypeAlias

from reconciler.model.counting import counted
from reconciler.model.finding import Severity, by_cause
from reconciler.model.plan import Plan
from reconciler.model.risk import RANKS, Rank

PlanStatus: TypeAlias = Literal["undecided", "denied", "empty"] | Rank


def status(made: Plan) -> PlanStatus:
    """Return undecided, denied or empty (the first that applies), or the rank of the highest risk."""
    if not made.complete:
        return "undecided"
    if denials(made):
        return "denied"
    if not made.changes and not made.file_changes:
        return "empty"
    ranks = {risk.rank for risk in made.risks}
    return next((rank for rank in RANKS if rank in ranks), "low")


def denials(made: Plan) -> int:
    """Count the errors that deny a plan, those of one cause once."""
    return sum(finding.severity is Severity.ERROR for finding in by_cause(made.findings))


def headline(made: Plan) -> str:
    """Return the effect of a plan on people, such as `12 people gain access, 1 loses it`."""
    if not made.complete:
        return "Not decided: the portal was not read completely"
    return f"Denied: {_lower(_facts(made))}" if denials(made) else _facts(made)


def _facts(made: Plan) -> str:
    gaining, losing = made.summary.people_gaining, made.summary.people_losing
    if not made.changes:
        return "Nothing changes in the portal, but later plans may" if made.file_changes else "No changes"
    if not losing:
        return f"{_people(gaining, 'gain')} access" if gaining else "Nobody gains or loses access"
    if not gaining:
        return f"{_people(losing, 'lose')} access"
    return f"{_people(gaining, 'gain')} access, {counted(losing, 'loses', 'lose')} it"


def _people(number: int, verb: str) -> str:
    return counted(number, f"person {verb}s", f"people {verb}")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
