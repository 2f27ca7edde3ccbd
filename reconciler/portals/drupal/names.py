"""How teams are named on a site without partners: the name of the partner, a slash, and that of the team.

A team with the name of its partner has it only once, so that a site with one team for each company fits.
"""

from reconciler.errors import PortalError


def joined(partner: str, team: str) -> str:
    """Return what a site calls a team of a partner. Raises PortalError for names that cannot be read back."""
    name = team if team == partner else f"{partner}/{team}"
    if separated(name) != (partner, team):
        message = f'"{name}" would not be read as the team {team} of the partner {partner}'
        raise PortalError(message, "use a name without a slash as externalName of the partner")
    return name


def separated(name: str) -> tuple[str, str]:
    """Return the partner and the own name of a team."""
    partner, _, team = name.partition("/")
    return (partner, team) if partner and team and partner != team else (name, name)
