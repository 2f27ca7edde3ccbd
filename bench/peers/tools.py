"""The tools that are compared."""

from typing import Final

from bench.peers import octodns, opentofu, ours
from bench.peers.tool import Tool

TOOLS: Final[tuple[Tool, ...]] = (ours.TOOL, octodns.TOOL, *opentofu.TOOLS)
