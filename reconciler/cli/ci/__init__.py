"""CI: the environment of a job, and reports to its forge."""
