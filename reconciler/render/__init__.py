"""Nouns to text: one module a format, pure functions, equal inputs give equal bytes."""

from typing import Final

FORMATS: Final = ("text", "json", "csv", "ics", "markdown", "html", "github", "gitlab", "sarif")
