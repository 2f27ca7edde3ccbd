"""Sentences that end with a name."""


def full_stop(text: str) -> str:
    """Return the full stop after a text, which is empty if the text ends with one, such as `Vega S.A.`."""
    return "" if text.endswith(".") else "."
