"""RULES: the table of what is judged, one function a rule, and the judgement that runs them all."""

from reconciler.policy.approvals import approvals as approvals
from reconciler.policy.judge import RULES as RULES
from reconciler.policy.judge import judge as judge
from reconciler.policy.judge import judge_guard as judge_guard
from reconciler.policy.risks import risks as risks
from reconciler.policy.world import World as World
