"""What the rules are, and where the project's documents stand, for formats that carry it along."""

from typing import Final

_LABEL: Final = "Documentation"


def rules() -> dict[str, str]:
    """Return the documentation of every rule, by its name."""
    from reconciler.policy.docs import page  # noqa: PLC0415  start-up counts

    sections = page().split("\n### ")[1:]
    return {
        name: text.split("\n## ")[0].strip() for name, _, text in (each.partition("\n") for each in sections)
    }


def documents() -> str:
    """Return where a browser shows the project's documents, as its package says, or nothing."""
    from importlib.metadata import PackageNotFoundError, metadata  # noqa: PLC0415  start-up counts

    try:
        addresses = metadata("reconciler").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    named = dict(address.split(", ", 1) for address in addresses)
    return str(named.get(_LABEL, "")).rstrip("/")
