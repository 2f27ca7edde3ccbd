"""Notices about a plan that several formats show."""

from typing import Final

FROM_FILES: Final = (
    "Compared with files, not with the portal; the current state of the portal is not included."
)
INCOMPLETE: Final = "The portal was not read completely, so this plan cannot be evaluated or applied."
