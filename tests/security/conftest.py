"""What attacks begin with: a repository of files in a folder."""

from tests.cli.conftest import place

__all__ = ["place"]
