"""A secret text that is not printed or logged by accident."""


class SecretText:
    """A token or password. It prints as dots, and never appears in messages, logs, plans or fingerprints."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself; only the code that sends it may call this."""
        return self._text

    @property
    def fits_a_header(self) -> bool:
        """True if all its characters are valid in an HTTP header; later errors could otherwise reveal it."""
        return all("!" <= character <= "~" for character in self._text)

    def hide_in(self, text: str) -> str:
        """Return a text in which this secret is replaced by dots."""
        return text.replace(self._text, str(self)) if self._text else text

    def __repr__(self) -> str:
        return "SecretText(•••)"

    def __str__(self) -> str:
        return "•••"
