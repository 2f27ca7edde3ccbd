from pathlib import Path

from reconciler.policy.docs import page

DOCUMENTED = Path(__file__).parents[2] / "docs" / "rules.md"


# Written anew by: python -c 'from reconciler.policy.docs import page; print(page(), end="")' > docs/rules.md


def test_the_documentation_is_what_the_rules_say_of_themselves() -> None:
    assert DOCUMENTED.read_text(encoding="utf-8") == page()
