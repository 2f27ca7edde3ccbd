"""A secret: text that shows itself only to whoever asks for it by name."""


class SecretText:
    """A token or password. It prints as dots, and is in no message, log, plan or fingerprint."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself, for the one place that sends it."""
        return self._text

    @property
    def fits_a_header(self) -> bool:
        """Whether it holds nothing but what a header of HTTP carries; another's error would show it."""
        return all("!" <= character <= "~" for character in self._text)

    def hide_in(self, text: str) -> str:
        """Return a text from elsewhere with this secret taken out."""
        return text.replace(self._text, str(self)) if self._text else text

    def __repr__(self) -> str:
        return "SecretText(•••)"

    def __str__(self) -> str:
        return "•••"
