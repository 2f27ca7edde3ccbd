"""The story of one seed of a chaos run: what happened, and what of it must not."""

from collections import Counter

import msgspec


class Story(msgspec.Struct):
    """What happened in a run, line by line, which faults there were, and what is wrong with it."""

    seed: int
    lines: list[str] = []
    wrong: list[str] = []
    happened: Counter[str] = msgspec.field(default_factory=Counter)

    def tell(self, said: str) -> None:
        """Note what happened."""
        self.lines.append(said)

    def fail(self, said: str) -> None:
        """Note what must not happen."""
        self.tell(f"WRONG: {said}")
        self.wrong.append(said)
