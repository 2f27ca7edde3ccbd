"""The page about the architecture shows the packages and imports of the code."""

from itertools import chain
from pathlib import Path

from docs.packages import PAGE, floors, updated

PACKAGES = Path(__file__).parents[2] / "reconciler"


def test_the_graph_shows_the_imports_of_the_code() -> None:
    page = PAGE.read_text("utf-8")

    assert updated(page) == page, "update it with: python docs/packages.py"


def test_every_package_has_a_line() -> None:
    page = PAGE.read_text("utf-8")

    assert [name for name in chain.from_iterable(floors()) if f"\n| `{name}` | " not in page] == []


def test_the_floors_hold_every_package() -> None:
    packages = {path.stem for path in PACKAGES.iterdir() if path.is_dir() or path.suffix == ".py"}

    assert packages - {"__init__", "__main__", "__pycache__"} == set(chain.from_iterable(floors()))
