"""Secrets of a service that the configuration names, each with the place that it came from."""

from collections.abc import Mapping

import msgspec

from reconciler.errors import InputError
from reconciler.model.secret import SecretText


class Credential(msgspec.Struct, frozen=True):
    """A secret, and where it came from; `text` is None where there was none.

    `place` is where the configuration names the environment variable that is the source.
    """

    source: str
    text: SecretText | None
    place: str = ""


def require_secret(
    service: str, secrets: Mapping[str, Credential], name: str, hint: str
) -> tuple[SecretText, str]:
    """Return a secret and where it came from. Raises InputError with the hint where there is none."""
    found = secrets.get(name)
    if found is None or found.text is None:
        source = found.source if found else f"the setting {name}"
        if found and found.place:
            source = f"the environment variable {source}, which {found.place} names"
        what = name.replace("_", " ")
        raise InputError(f"{service}: there is no {what} in {source}", hint)
    # Secrets that are read from files end with a line break that does not belong to them.
    return SecretText(found.text.reveal().strip()), found.source
