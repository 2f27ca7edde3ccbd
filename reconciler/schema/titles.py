"""Convert names in code to titles for editors and readers, and to names of files."""

from typing import Final

from pydantic.alias_generators import to_snake

_ACRONYMS: Final = {"api": "API", "apis": "APIs", "url": "URL"}


def title(name: str) -> str:
    """Return `Display name` for displayName, `API product` for ApiProduct."""
    words = [_ACRONYMS.get(word, word) for word in to_snake(name).split("_")]
    text = " ".join(words)
    return text[0].upper() + text[1:]


def file_name(kind: str) -> str:
    """Return `api-product.schema.json` for ApiProduct: the file with its schema, and the schema's `$id`."""
    return f"{to_snake(kind).replace('_', '-')}.schema.json"
