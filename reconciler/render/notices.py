"""Sentences about a whole plan that several formats show."""

from typing import Final

FROM_FILES: Final = "Compared with files, not with the portal: what only the portal knows is not in here."
INCOMPLETE: Final = "The portal was not read completely: nothing is decided, and apply refuses this plan."
