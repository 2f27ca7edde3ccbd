"""The documentation of the rules, and the address of the project's documentation, for output formats."""

from importlib.metadata import PackageNotFoundError, metadata
from typing import Final

from reconciler.policy.docs import page

_LABEL: Final = "Documentation"


def rules() -> dict[str, str]:
    """Return the documentation of every rule, by its name."""
    sections = page().split("\n### ")[1:]
    return {
        name: text.split("\n## ")[0].strip() for name, _, text in (each.partition("\n") for each in sections)
    }


def documents() -> str:
    """Return the web address of the documentation that the package names, or an empty text."""
    try:
        addresses = metadata("reconciler").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    named = dict(address.split(", ", 1) for address in addresses)
    return str(named.get(_LABEL, "")).rstrip("/")
