"""How many examples the laws take that repeat the same lines: a quarter, or with the profile `full` all."""

from typing import Final

from hypothesis import HealthCheck, settings

FULL: Final = "full"
_FEWEST: Final = 5


def examples(count: int, *suppressed: HealthCheck) -> settings:
    """Return the settings of a law that takes `count` examples with `--hypothesis-profile=full`."""
    full = settings.get_current_profile_name() == FULL
    return settings(
        max_examples=count if full else max(_FEWEST, count // 4),
        deadline=None,
        suppress_health_check=suppressed,
    )
