r"""Support escaped surrogate pairs (`\ud83d\ude00`), which JSON writers use and YAML does not know.

Outside double quotes, the same twelve characters are literal text, and only the parser knows the difference.
Each pair is therefore replaced by a placeholder of the same length before parsing, and restored afterwards,
so that columns do not change.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from yaml import ScalarEvent

_HEX: Final = b"[0-9a-fA-F]"
# An escape, not an escaped backslash.
_PAIR: Final = re.compile(
    rb"(?<!\\)((?:\\\\)*)(\\u[dD][89aAbB]%b{2}\\u[dD][c-fC-F]%b{2})" % (_HEX, _HEX), re.DOTALL
)
# A placeholder begins with one of these private-use characters: one that does not occur in the file.
_PRIVATE: Final = range(0xE000, 0xE010)

GetEvent = Callable[[], Any]


class Pairs:
    """The surrogate pairs of a file: `content` has a placeholder for each of them."""

    def __init__(self, content: bytes) -> None:
        self._originals: list[str] = []
        mark = _unused(content) if b"\\u" in content and _PAIR.search(content) else None
        self._mark = mark
        self.content = content if mark is None else _PAIR.sub(self._placeholder(mark), content)

    def restored(self, get_event: GetEvent) -> GetEvent:
        """Wrap `get_event` so that placeholders in the values of events are restored."""
        if self._mark is None:
            return get_event
        written = re.compile(rf"\\u{self._mark:04x}([0-9a-f]{{6}})")
        read = re.compile(f"{chr(self._mark)}([0-9a-f]{{6}})")

        def restoring() -> Any:
            event = get_event()
            if isinstance(event, ScalarEvent):
                value = written.sub(self._original, event.value)
                event.value = read.sub(lambda found: _character(self._original(found)), value)
            return event

        return restoring

    def _original(self, found: "re.Match[str]") -> str:
        return self._originals[int(found[1], 16)]

    def _placeholder(self, mark: int) -> Callable[["re.Match[bytes]"], bytes]:
        def placeholder(found: "re.Match[bytes]") -> bytes:
            self._originals.append(found[2].decode())
            return b"%b\\u%04x%06x" % (found[1], mark, len(self._originals) - 1)

        return placeholder


def _unused(content: bytes) -> int | None:
    """Return a private-use character that does not occur in the content, or None if all of them do."""
    lower = content.lower()
    free = (each for each in _PRIVATE if b"%04x" % each not in lower and chr(each).encode() not in content)
    return next(free, None)


def _character(pair: str) -> str:
    """Return the character that an escaped surrogate pair encodes."""
    return (
        (chr(int(pair[2:6], 16)) + chr(int(pair[8:], 16))).encode("utf-16", "surrogatepass").decode("utf-16")
    )
