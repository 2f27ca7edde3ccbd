"""Markdown: a plan for the pull request that makes it, and who reaches what as a matrix."""

from reconciler.render.markdown.access import access as access
from reconciler.render.markdown.plan import plan as plan
