"""Write the kept results of `python -m bench.peers` into docs/performance.md, and draw their chart.

`python -m docs.peers` updates both.
"""

import re
from pathlib import Path
from typing import Final

from bench.peers.results import Results, read
from bench.peers.table import table
from docs.images import peers

PAGE: Final = Path(__file__).with_name("performance.md")
IMAGES: Final = Path(__file__).with_name("images")
BEGIN: Final = "<!-- peers: begin -->\n"
END: Final = "<!-- peers: end -->\n"


def updated(page: str, results: Results) -> str:
    """Return the page with these results."""
    machine = results.machine
    versions = dict.fromkeys(f"{each.tool.partition(',')[0]} {each.version}" for each in results.tools)
    text = (
        f"Measured with {', '.join(versions)}, and Python {machine.python},\n"
        f"on {machine.system} with {machine.cores} cores and {machine.gigabytes} GB of memory:\n\n"
        f"{table(results)}"
    )
    return re.sub(f"(?<={BEGIN}).*(?={END})", lambda _: text, page, flags=re.DOTALL)


def main() -> None:
    """Update the page and the pictures."""
    results = read()
    PAGE.write_text(updated(PAGE.read_text("utf-8"), results), "utf-8")
    peers.write(results, IMAGES)


if __name__ == "__main__":
    main()
