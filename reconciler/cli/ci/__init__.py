"""CI: what the environment of a job says, and reports to its forge."""
