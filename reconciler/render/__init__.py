"""Renderers: pure functions that format model objects. Equal inputs give equal bytes."""

from typing import Final

FORMATS: Final = ("text", "json", "csv", "ics", "markdown", "html", "github", "gitlab", "sarif")
