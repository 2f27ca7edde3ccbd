"""Take pictures of the portal's pages, light and dark, as the admin of a team sees them in the demo."""

import re
import shutil
import subprocess
from typing import Final

from playwright.sync_api import BrowserType, ViewportSize, sync_playwright

SIZE: Final = ViewportSize(width=1280, height=740)
_LINK: Final = re.compile(r"  team admin  (http\S+)")


def main(reconciler: str, name: str) -> None:
    """Serve the demo, sign in once, and save screenshots of the members of a team."""
    command = [reconciler, "portal", "serve", "--demo", "--port", "0"]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as demo,  # noqa: S603  our own command
        sync_playwright() as playwright,
    ):
        try:
            _photograph(playwright.chromium, _link(demo), name)
        finally:
            demo.terminate()


def _link(demo: "subprocess.Popen[str]") -> str:
    """Return the link to sign in that the demo prints."""
    for line in demo.stderr or ():
        if found := _LINK.match(line):
            return found[1]
    raise LookupError("the demo printed no link")


def _photograph(chromium: BrowserType, link: str, name: str) -> None:
    browser = chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
    page.goto(link)
    page.get_by_role("button", name="Sign in as").click()
    page.get_by_role("heading", name="Members").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.reload()
        page.screenshot(path=f"{name}-{scheme}.png")
    browser.close()
