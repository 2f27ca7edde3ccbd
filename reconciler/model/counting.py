"""Numbers with their nouns, for messages."""


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 change`, `2,000 people`; the default plural ends in s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def people(number: int) -> str:
    """Return a number of people."""
    return counted(number, "person", "people")
