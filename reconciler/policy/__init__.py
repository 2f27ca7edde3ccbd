"""The rules: one function for each check, the table RULES, and the engine that runs them."""

from reconciler.policy.approvals import approvals as approvals
from reconciler.policy.context import RuleContext as RuleContext
from reconciler.policy.engine import RULES as RULES
from reconciler.policy.engine import judge as judge
from reconciler.policy.engine import judge_guard as judge_guard
from reconciler.policy.homoglyphs import looks as looks
from reconciler.policy.risks import risks as risks
