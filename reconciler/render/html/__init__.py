"""HTML: a plan as a self-contained page for reviewers."""

from reconciler.render.html.plan import plan as plan
from reconciler.render.html.plans import plans as plans
