"""Determine the risks of a plan for its reviewer, ranked by what is exposed to whom."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, get_args

from reconciler.model.finding import Finding
from reconciler.model.risk import RANKS, Risk, RiskRule, quoted
from reconciler.policy.context import RuleContext
from reconciler.policy.risks.exposure import foreign, many, opened, raised
from reconciler.policy.risks.facts import Facts, short
from reconciler.policy.risks.files import of_files
from reconciler.policy.risks.removals import adopted, removals, taken_over
from reconciler.policy.risks.resources import of_fields

_ORDER: Final[dict[str, int]] = {rule: place for place, rule in enumerate(get_args(RiskRule))}


def risks(context: RuleContext, findings: Sequence[Finding]) -> tuple[Risk, ...]:
    """Return the risks of a plan, sorted by rank, rule and subject."""
    facts = Facts(context)
    found = chain(
        opened(facts),
        raised(facts),
        many(facts),
        foreign(facts),
        _lookalikes(findings),
        chain.from_iterable(of_fields(facts, change) for change in facts.changes),
        chain.from_iterable(map(of_files, context.file_changes)),
        taken_over(facts),
        adopted(facts),
        removals(facts),
    )
    return tuple(sorted(_with_admins_together(found), key=_place))


def _place(risk: Risk) -> tuple[int, int, str, str]:
    return RANKS.index(risk.rank), _ORDER[risk.rule], risk.subject, risk.message


def _lookalikes(findings: Iterable[Finding]) -> Iterator[Risk]:
    """Yield a risk for each deceptive address or domain that the base does not have."""
    for finding in findings:
        if finding.rule == "lookalike-email" and not finding.in_base:
            subject = finding.id or finding.file or "configuration"
            yield Risk(rule="lookalike", rank="high", subject=subject, message=quoted(finding.message))


def _with_admins_together(found: Iterable[Risk]) -> Iterator[Risk]:
    """Yield the risks; new admins of the same team are merged into one risk."""
    admins: dict[str, set[str]] = {}
    for risk in found:
        if risk.rule == "new-admin":
            admins.setdefault(risk.subject, set()).update(risk.people)
        else:
            yield risk
    for team, people in admins.items():
        become = "becomes an admin" if len(people) == 1 else "become admins"
        message = f"{', '.join(map(quoted, sorted(people)))} {become} of {short(team)}"
        yield Risk(
            rule="new-admin", rank="medium", subject=team, people=tuple(sorted(people)), message=message
        )
