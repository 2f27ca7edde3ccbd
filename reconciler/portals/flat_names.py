"""Names of teams in portals without partners: `PARTNER.TEAM`.

Names in files have no dots, so the first dot ends the name of the partner. Any other name that a portal has
belongs to a partner without a name.
"""

from reconciler.errors import PortalError


def flat_name(partner: str, team: str) -> str:
    """Return what a team is called in the portal. Raises PortalError for names that cannot be read back."""
    name = f"{partner}.{team}" if partner else team
    if split_name(name) != (partner, team):
        message = f'"{name}" would not be read as the team {team} of the partner {partner}'
        raise PortalError(message, "use a name without a dot as externalName of the partner")
    return name


def split_name(name: str) -> tuple[str, str]:
    """Return the names of partner and team; the partner is empty if there is none."""
    partner, _, team = name.partition(".")
    return (partner, team) if partner and team else ("", name)
