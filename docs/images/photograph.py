"""Take pictures of a plan's page, light and dark: `photograph.py plan.html page cargolane/planning`.

The last argument selects a row, whose paths are drawn. Writes `page-light.png` and `page-dark.png`.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Final
from urllib.parse import quote

from playwright.sync_api import ViewportSize, sync_playwright

SIZE: Final = ViewportSize(width=1280, height=800)


def main(page: str, name: str, row: str) -> None:
    """Open the page in both color schemes and save screenshots."""
    address = f"{Path(page).resolve().as_uri()}#pick={quote(json.dumps([row, None]))}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            opened = browser.new_page(viewport=SIZE, color_scheme=scheme)
            opened.goto(address)
            opened.screenshot(path=f"{name}-{scheme}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
