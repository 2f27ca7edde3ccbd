"""Take a picture of a comment as a forge shows it: `comment.py FILE < comment.md`."""

import shutil
import sys
from typing import Final

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

WIDTH: Final = 900
LOOK: Final = """
body { font: 14px/1.5 "Noto Sans", "DejaVu Sans", sans-serif; margin: 0; padding: 20px 24px; color: #1f2328; background: #fff }
code { font: 12px ui-monospace, "DejaVu Sans Mono", monospace; background: #eff1f3; padding: .2em .4em; border-radius: 6px }
pre { background: #f6f8fa; padding: 14px; border-radius: 6px; overflow: auto; line-height: 1.45 }
pre code { background: none; padding: 0 }
table { border-collapse: collapse; font-size: 14px }
th, td { border: 1px solid #d1d9e0; padding: 6px 12px; text-align: left }
h3 { font-size: 18px; margin: 0 0 14px } ul { padding-left: 1.4em } details { margin: 14px 0 }
"""  # noqa: E501  a style sheet


def picture(markdown: str, path: str) -> None:
    """Write a picture of a comment in Markdown."""
    page = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(markdown)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        sheet = browser.new_page(viewport={"width": WIDTH, "height": 200}, device_scale_factor=1.5)
        sheet.set_content(f"<style>{LOOK}</style>{page}")
        sheet.screenshot(path=path, full_page=True)
        browser.close()


if __name__ == "__main__":
    picture(sys.stdin.read(), sys.argv[1])
