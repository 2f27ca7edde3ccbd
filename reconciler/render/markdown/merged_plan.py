"""What is said of a merged plan that left no receipt: nothing was to be done, or nothing was done."""

from reconciler.model.plan import Plan
from reconciler.render.markdown.comment_frame import marker
from reconciler.render.markdown.escaping import code
from reconciler.render.text.style import counted

_STALE = (
    "It was refused before anything was written: another plan was approved, a rule or the guard denies it, "
    "or the portal moved or could not be asked. The job says which. "
    "Then apply by hand, all of it or by the plan's digest."
)


def merged(made: Plan, *, link: str = "") -> str:
    """Return the comment that takes the place of the plan's; `link` leads to the job."""
    portal = code(made.portal)
    if made.changes:
        heading = f"### 🔴 Merged, and not applied to {portal}"
        said = [f"{counted(len(made.changes), 'change')} of it {_are(made)} not live.", _STALE]
    else:
        heading = f"### ⚪ Merged: nothing had to change on {portal}"
        said = ["What the files say counts from now on."] if made.file_changes else []
    job = [f"[The job]({link})"] if link else []
    foot = f"<sub>Plan {code(made.digest)}, made {made.created} for {made.today}</sub>"
    return "\n\n".join([marker(made.portal), heading, *said, *job, foot]) + "\n"


def _are(made: Plan) -> str:
    return "is" if len(made.changes) == 1 else "are"
