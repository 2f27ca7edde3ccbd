"""Markdown: plans and receipts as comments, findings and forecasts as tables, access reports as a matrix."""

from reconciler.render.markdown.access import access as access
from reconciler.render.markdown.approvals import approvals_summary as approvals_summary
from reconciler.render.markdown.comment_frame import marker as marker
from reconciler.render.markdown.condensed import Elsewhere as Elsewhere
from reconciler.render.markdown.escaping import code as code
from reconciler.render.markdown.findings import findings as findings
from reconciler.render.markdown.forecast import forecast as forecast
from reconciler.render.markdown.inventory import inventory as inventory
from reconciler.render.markdown.merged_without_receipt import merged as merged
from reconciler.render.markdown.parts import parts as parts
from reconciler.render.markdown.people_pull import people_pull as people_pull
from reconciler.render.markdown.plan import Comment as Comment
from reconciler.render.markdown.plan import comment as comment
from reconciler.render.markdown.plan import plan as plan
from reconciler.render.markdown.plans import plans as plans
from reconciler.render.markdown.proposal import proposal as proposal
from reconciler.render.markdown.receipt import is_receipt as is_receipt
from reconciler.render.markdown.receipt import receipt as receipt
from reconciler.render.markdown.sync import sync as sync
