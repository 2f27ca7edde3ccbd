"""Access: who reaches which API, at which level, through which path, and what changes do to it.

A person reaches an API through *holders*: the teams they are in, and themselves. A holder has access groups
by grants, and a group holds APIs, singly or in products.
"""

from reconciler.access.impact import impact, people
from reconciler.access.report import report

__all__ = ["impact", "people", "report"]
