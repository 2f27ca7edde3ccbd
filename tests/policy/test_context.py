from reconciler.model.resource import Live
from reconciler.policy import RuleContext
from tests.builders import repository
from tests.policy.judging import TODAY


def test_a_world_tells_what_there_is_beside_the_files() -> None:
    assert RuleContext(repository(), TODAY).available_inputs() == frozenset()
    assert RuleContext(repository(), TODAY, live=Live("6f1c", {}, {}), changes=()).available_inputs() == {
        "live",
        "changes",
    }
