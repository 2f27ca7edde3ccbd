"""Convert names in code to titles for editors and readers."""

from typing import Final

from pydantic.alias_generators import to_snake

_ACRONYMS: Final = {"api": "API", "apis": "APIs", "url": "URL"}


def title(name: str) -> str:
    """Return `Display name` for displayName, `API product` for ApiProduct."""
    words = [_ACRONYMS.get(word, word) for word in to_snake(name).split("_")]
    text = " ".join(words)
    return text[0].upper() + text[1:]


def hyphened(name: str) -> str:
    """Return `api-product` for ApiProduct."""
    return to_snake(name).replace("_", "-")
