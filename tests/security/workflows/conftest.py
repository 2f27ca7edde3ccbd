"""Pipelines that attacks meet: those of tests/workflows."""

from tests.workflows.conftest import filled_portal, gitlab, place, world

__all__ = ["filled_portal", "gitlab", "place", "world"]
