"""The templates of the pages."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment() -> Environment:
    """Return the environment of all templates; everything is escaped."""
    loader = PackageLoader("reconciler.portal_server.pages")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined)


def render(name: str, **context: Any) -> bytes:
    """Return a page as UTF-8."""
    return environment().get_template(name).render(**context).encode()
