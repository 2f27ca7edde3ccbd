"""A plan as one page: access changes, reasons, and all changes of objects."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from importlib.resources import files
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.plan import Plan
from reconciler.render.approvals import approvals_title
from reconciler.render.html.access import access, filters, lists
from reconciler.render.html.changes import changes, in_files
from reconciler.render.html.data import data
from reconciler.render.html.findings import approvals, denials, warnings
from reconciler.render.html.locations import Locations
from reconciler.render.html.markup import Markup, folded, joined, long, tag, text, void
from reconciler.render.html.risks import risks
from reconciler.render.html.summary import counts, heading, sentences, verdict
from reconciler.render.notices import coverage
from reconciler.render.ranking import Ranking

_STYLES: Final = ("page.css", "tables.css")
_SCRIPTS: Final = (
    "data.js",
    "virtual_rows.js",
    "tables.js",
    "matrix.js",
    "graph.js",
    "drawing.js",
    "paths.js",
    "page.js",
)


def plan(plan: Plan, *, link: str = "") -> str:
    """Return the page in ASCII; it loads nothing. `link` is the address of the files of the plan's commit."""
    script = _read(_SCRIPTS) if plan.changes or plan.drift.changes else ""
    title = f"{verdict(plan).words}: access on {plan.portal}"
    return page(title, _body(plan, Locations(link), script), script)


def page(title: str, body: Iterable[Markup], script: str = "") -> str:
    """Return a page in ASCII; it loads nothing."""
    elements = [_head(title, _read(_STYLES), script), tag("body", *body)]
    page = f"<!doctype html>\n{tag('html', *elements, lang='en')}\n"
    # The hashes of script and style must not depend on the encoding of the saved page.
    return page.encode("ascii", "xmlcharrefreplace").decode()


def section(plan: Plan, link: str, name: str) -> Markup:
    """Return a plan as one of several on a page, without filters and matrix; `name` begins all ids in it."""
    locations = Locations(link)
    return tag(
        "section",
        tag("header", heading(plan), sentences(plan), counts(plan) if plan.changes else Markup()),
        denials(plan, locations, name),
        _notes(plan),
        _in_files(plan, locations),
        warnings(plan, locations, name),
        lists(plan.access, Ranking(plan)) if plan.changes else Markup(),
        *_changes(plan, locations, name),
        _footer(plan),
        id=name.removesuffix("-"),
        class_="portal",
    )


def _head(title: str, style: str, script: str) -> Markup:
    """Return the head; its Content-Security-Policy allows only this style and this script."""
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
        tag("title", title),
        Markup(f"<style>{style}</style>"),
    )


def _meta(name: str, content: str) -> Markup:
    # The policy contains quotes and no untrusted text, so it is not escaped.
    return Markup(f'<meta http-equiv="{name}" content="{content}">')


def _body(plan: Plan, locations: Locations, script: str) -> list[Markup]:
    summary = tag("header", heading(plan), sentences(plan), counts(plan) if plan.changes else Markup())
    parts = [
        denials(plan, locations),
        _notes(plan),
        _in_files(plan, locations),
        warnings(plan, locations),
        *_detail(plan, locations),
    ]
    skip = tag("a", "Skip to access changes", href="#access", class_="skip")
    scripts = [data(plan.access), Markup(f"<script>{script}</script>")] if script else []
    return [skip if plan.changes else Markup(), summary, tag("main", *parts), _footer(plan), *scripts]


def _notes(plan: Plan) -> Markup:
    """Return the risks beside the approvals."""
    notes = [
        tag("section", tag("h2", title), body)
        for title, body in (("Risks", risks(plan)), (approvals_title(plan), approvals(plan)))
        if body
    ]
    return tag("div", *notes, class_="notes") if notes else Markup()


def _in_files(plan: Plan, locations: Locations) -> Markup:
    if not plan.file_changes:
        return Markup()
    return tag("section", tag("h2", "File-only changes"), in_files(plan.file_changes, locations))


def _detail(plan: Plan, locations: Locations) -> list[Markup]:
    """Return the sections that the filter applies to: access, changes and drift."""
    parts = [filters()] if plan.changes or plan.drift.changes else []
    if plan.changes:
        parts.append(access(plan))
    return [*parts, *_changes(plan, locations)]


def _changes(plan: Plan, locations: Locations, name: str = "") -> list[Markup]:
    parts, drift = [], plan.drift.changes
    if plan.changes:
        listed = [
            tag("h2", counted(len(plan.changes), "change"), id=f"{name}changes"),
            changes(plan.changes, locations),
        ]
        parts.append(tag("section", *listed, class_=long(len(plan.changes))))
    if drift:
        title = f"Drift: {counted(len(drift), 'difference')}, not changed by this plan"
        body = [changes(drift, locations), lists(plan.drift.access, Ranking(plan))]
        parts.append(tag("section", folded(title, *body, id=f"{name}drift"), class_=long(len(drift))))
    return parts


def _footer(plan: Plan) -> Markup:
    source = plan.source
    facts = [
        ("Plan", plan.digest),
        ("Created", f"{plan.created} for {plan.today}, reconciler {plan.reconciler}"),
        ("Portal", f"{plan.portal}, {plan.portal_id}"),
        ("Compared", coverage(plan, str)),
        ("Commit", f"{source.commit or ''}{f', compared with {source.base}' if source.base else ''}"),
    ]
    return tag(
        "footer", tag("dl", *(joined([tag("dt", name), tag("dd", shown)]) for name, shown in facts if shown))
    )


def _read(names: tuple[str, ...]) -> str:
    folder = files("reconciler.render.html")
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def _hash(content: str) -> str:
    return text(f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'").replace(
        "&#x27;", "'"
    )
