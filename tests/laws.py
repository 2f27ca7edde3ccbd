"""How many examples the laws take that repeat the same lines: an eighth, or with the profile `full` all."""

from typing import Final

from hypothesis import HealthCheck, settings

FULL: Final = "full"
_FEWEST: Final = 5


def examples(count: int, *suppressed: HealthCheck) -> settings:
    """Return the settings of a law that takes `count` examples with `--hypothesis-profile=full`."""
    return settings(
        max_examples=count if is_full() else max(_FEWEST, count // 8),
        deadline=None,
        suppress_health_check=suppressed,
    )


def is_full() -> bool:
    """Return whether laws take all their examples."""
    return settings.get_current_profile_name() == FULL
