"""HTML: a plan as one page that holds all it needs, for the browser of whoever reviews it."""

from reconciler.render.html.plan import plan as plan
