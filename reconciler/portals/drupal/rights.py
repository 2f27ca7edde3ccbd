"""What messages advise about missing rights."""

from typing import Final

RIGHTS: Final = "give the account the permissions in docs/portals/drupal.md"
