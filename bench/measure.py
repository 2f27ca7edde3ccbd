"""Measure a step inside a process, so that imports do not count: `events` or `load`.

Prints the CPU seconds of the step.
"""

import sys
import time
from pathlib import Path

import yaml

from reconciler.load import load as load_repository
from reconciler.load import load_configuration
from reconciler.model.gc_pause import quiet_collector
from reconciler.schema import schemas


def events(root: Path) -> None:
    """Let libyaml emit every event of every file: the lower bound for a parser that knows positions."""
    for file in root.rglob("*.yaml"):
        loader = yaml.CLoader(file.read_bytes())
        while loader.get_event() is not None:
            pass
        loader.dispose()


def load(root: Path) -> None:
    """Load every file and check it against its schema and model, as `reconciler validate` does."""
    with quiet_collector():
        known = schemas()
        configuration, problems = load_configuration(root / "reconciler.yaml", known)
        assert configuration is not None, problems
        _, findings = load_repository(configuration, root, known)
        assert not findings, findings[:3]


STEPS = {"events": events, "load": load}


def main() -> None:
    """Measure the step in the folder of the command line."""
    step, root = STEPS[sys.argv[1]], Path(sys.argv[2])
    started = time.process_time()
    step(root)
    print(time.process_time() - started)


if __name__ == "__main__":
    main()
