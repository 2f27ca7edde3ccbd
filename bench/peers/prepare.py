"""Prepare a folder for a tool: `python -m bench.peers.prepare TOOL SIZE FOLDER`.

A process of its own, because a command that is measured starts with the memory of the process that starts it.
"""

import sys
from pathlib import Path

from bench.peers.tools import TOOLS


def main(name: str, size: str, folder: str) -> None:
    """Write the files of the tool with this name."""
    next(tool for tool in TOOLS if tool.name == name).prepare(Path(folder), int(size))


if __name__ == "__main__":
    main(*sys.argv[1:])
