"""A plan as one page: who gains and who loses access, why, and all that changes."""

import hashlib
from base64 import b64encode
from importlib.resources import files
from typing import Final

from reconciler.model.plan import Plan
from reconciler.render.html.access import access, filters, lists
from reconciler.render.html.changes import changes, in_files
from reconciler.render.html.data import data
from reconciler.render.html.findings import approvals, denials, remarks
from reconciler.render.html.markup import Markup, folded, joined, long, tag, text, void
from reconciler.render.html.places import Places
from reconciler.render.html.risks import risks
from reconciler.render.html.summary import counts, heading, sentences, verdict
from reconciler.render.ranking import Ranking
from reconciler.render.text.style import counted

_STYLES: Final = ("page.css", "tables.css")
_SCRIPTS: Final = (
    "reading.js",
    "shelves.js",
    "lists.js",
    "grid.js",
    "graph.js",
    "picture.js",
    "paths.js",
    "page.js",
)


def plan(made: Plan, *, link: str = "") -> str:
    """Return the page, in ASCII; `link` leads to the files of the plan's commit. It loads nothing at all."""
    script = _read(_SCRIPTS) if made.changes or made.drift.changes else ""
    page = [_head(made, _read(_STYLES), script), tag("body", *_body(made, Places(link), script))]
    written = f"<!doctype html>\n{tag('html', *page, lang='en')}\n"
    # Whatever encoding the page is saved in, its script and style keep their hashes.
    return written.encode("ascii", "xmlcharrefreplace").decode()


def _head(made: Plan, style: str, script: str) -> Markup:
    """Return the head; its policy lets in this style and this script, and nothing else at all."""
    allowed = f"script-src {_hash(script)}; " if script else ""
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; {allowed}base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return tag(
        "head",
        void("meta", charset="utf-8"),
        _meta("Content-Security-Policy", policy),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        void("meta", name="referrer", content="no-referrer"),
        tag("title", f"{verdict(made).words}: access on {made.portal}"),
        Markup(f"<style>{style}</style>"),
    )


def _meta(name: str, content: str) -> Markup:
    # Quotes stay as they are in the policy, which holds nothing that was said elsewhere.
    return Markup(f'<meta http-equiv="{name}" content="{content}">')


def _body(made: Plan, places: Places, script: str) -> list[Markup]:
    summary = tag("header", heading(made), sentences(made), counts(made) if made.changes else Markup())
    parts = [
        denials(made, places),
        _notes(made),
        _in_files(made, places),
        remarks(made, places),
        *_detail(made, places),
    ]
    skip = tag("a", "Skip to who gains and loses access", href="#access", class_="skip")
    ran = [data(made.access), Markup(f"<script>{script}</script>")] if script else []
    return [skip if made.changes else Markup(), summary, tag("main", *parts), _foot(made), *ran]


def _notes(made: Plan) -> Markup:
    """Return what to look at twice beside those who have to look."""
    notes = [
        tag("section", tag("h2", title), body)
        for title, body in (("Look at twice", risks(made)), ("Whose approval it needs", approvals(made)))
        if body
    ]
    return tag("div", *notes, class_="notes") if notes else Markup()


def _in_files(made: Plan, places: Places) -> Markup:
    if not made.file_changes:
        return Markup()
    return tag("section", tag("h2", "What changes in the files alone"), in_files(made.file_changes, places))


def _detail(made: Plan, places: Places) -> list[Markup]:
    """Return what the filter narrows: access, changes and drift."""
    drift = made.drift.changes
    parts = [filters()] if made.changes or drift else []
    if made.changes:
        listed = [
            tag("h2", counted(len(made.changes), "change"), id="changes"),
            changes(made.changes, places),
        ]
        parts += [access(made), tag("section", *listed, class_=long(len(made.changes)))]
    if drift:
        title = f"Drift: {counted(len(drift), 'difference')} that this change leaves alone"
        body = [changes(drift, places), lists(made.drift.access, Ranking(made))]
        parts.append(tag("section", folded(title, *body, id="drift"), class_=long(len(drift))))
    return parts


def _foot(made: Plan) -> Markup:
    source = made.source
    facts = [
        ("Plan", made.digest),
        ("Made", f"{made.created} for {made.today}, reconciler {made.reconciler}"),
        ("Portal", f"{made.portal}, {made.portal_id}"),
        ("Commit", f"{source.commit or ''}{f' against {source.base}' if source.base else ''}"),
    ]
    return tag(
        "footer", tag("dl", *(joined([tag("dt", name), tag("dd", said)]) for name, said in facts if said))
    )


def _read(names: tuple[str, ...]) -> str:
    folder = files("reconciler.render.html")
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def _hash(content: str) -> str:
    return text(f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'").replace(
        "&#x27;", "'"
    )
