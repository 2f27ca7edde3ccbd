"""How teams are named on a site without partners: the name of the partner, a slash, and that of the team.

A team with the name of its partner has it only once, so that a site with one team for each company fits.
"""


def joined(partner: str, team: str) -> str:
    """Return what a site calls a team of a partner."""
    return team if team == partner else f"{partner}/{team}"


def separated(name: str) -> tuple[str, str]:
    """Return the partner and the own name of a team."""
    partner, _, team = name.partition("/")
    return (partner, team) if partner and team else (name, name)
