"""Web addresses that become links."""

from typing import Final

# Without the characters that end a link in Markdown or HTML.
ADDRESS: Final = r"https?://[A-Za-z0-9._~:/?#@!$&*+,;=%-]+"
