"""Create and change an object of any kind by a form."""

from collections.abc import Sequence
from typing import Any

import msgspec

from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.operator import fields, files, review
from reconciler.portal_server.pages.operator.fields import Field
from reconciler.portal_server.pages.operator.lists import names_of
from reconciler.portal_server.pages.operator.screens import BASE, Screen
from reconciler.portal_server.pages.visit import PageResponse, Visit


class Meanwhile(msgspec.Struct, frozen=True):
    """A field that another person changed while a form was open."""

    label: str
    was: str
    now: str
    typed: str


def show_new(visit: Visit, screen: Screen) -> PageResponse:
    """Show the form of a new object; the query can have initial values."""
    initial = {field.key: visit.query.get(field.key, field.initial) for field in screen.fields}
    return layout.page(
        visit,
        "operator/form.html",
        heading=f"New {screen.one}",
        above=_above_new(visit, screen),
        shown=fields.values(visit, screen.fields, initial),
        errors=fields.errors(visit, screen.fields, taken=screen.unique),
        button=f"Create {screen.one}",
        cancel=screen.href,
    )


def create(visit: Visit, screen: Screen) -> PageResponse:
    """Create the object, and go to its page."""
    body = fields.resolve(visit, screen.fields, fields.body_of(screen.fields, visit.form))
    made = visit.perform(f"create-{screen.kind}", body=body)
    return notices.done(visit, screen.page_of(made.id), f"{screen.label(made)} was created.")


def show_change(visit: Visit, screen: Screen) -> PageResponse:
    """Show the form of an existing object; after a conflict also what was changed meanwhile."""
    found = load(visit, screen)
    current = msgspec.to_builtins(found)
    editable = screen.changeable
    return layout.page(
        visit,
        "operator/form.html",
        heading=f"Change {screen.label(found)}",
        above=[(screen.href, screen.many), (screen.page_of(found.id), screen.label(found))],
        shown=fields.values(visit, editable, current),
        errors=fields.errors(visit, editable, taken=screen.unique),
        button="Save",
        cancel=screen.page_of(found.id),
        etag=found.etag,
        originals=[(field.key, fields.typed(field, current.get(field.key))) for field in editable],
        meanwhile=changed_meanwhile(visit, editable, current) if visit.is_stale else None,
        file=file_of(visit, found),
    )


def change(visit: Visit, screen: Screen) -> PageResponse:
    """Save the changes; for what git manages after a confirmation."""
    found = load(visit, screen)
    fields.require_filled(screen.changeable, visit.form)
    request: dict[str, Any] = {
        "path": {"id": found.id},
        "body": fields.body_of(screen.changeable, visit.form),
        "if_match": visit.shown_tag,
    }
    file = file_of(visit, found)
    if file is not None and not review.is_confirmed(visit):
        after = visit.rehearse(f"change-{screen.kind}", **request)
        changes = compared(screen.changeable, msgspec.to_builtins(found), msgspec.to_builtins(after))
        if changes:
            title = f"Change {screen.label(found)}?"
            return review.page(visit, title, file, changes, f"{screen.page_of(found.id)}/change")
    after = visit.perform(f"change-{screen.kind}", **request)
    was_changed = after.etag != found.etag
    notice = f"{screen.label(after)} was saved." if was_changed else "Nothing was changed."
    return notices.done(visit, screen.page_of(found.id), notice)


def load(visit: Visit, screen: Screen) -> Any:
    """Return the object of the path. Reject with 404 if it does not exist."""
    return visit.perform(f"get-{screen.kind}", path={"id": visit.path["id"]})


def file_of(visit: Visit, found: Any) -> files.GitFile | None:
    """Return the file that defines an object, or None if git does not manage it."""
    if getattr(found, "managed_by", None) is None:
        return None
    return files.file_of_named(visit, names_of(visit, [found.id])[found.id])


def compared(chosen: Sequence[Field], before: dict[str, Any], after: dict[str, Any]) -> list[review.Change]:
    """Return the fields that differ, as people read them."""
    return [
        review.Change(
            field.label,
            fields.read(field, fields.typed(field, before.get(field.key))),
            fields.read(field, fields.typed(field, after.get(field.key))),
        )
        for field in chosen
        if before.get(field.key) != after.get(field.key)
    ]


def changed_meanwhile(visit: Visit, chosen: Sequence[Field], current: dict[str, Any]) -> list[Meanwhile]:
    """Return the fields that are no longer what the form showed."""
    found = []
    for field in chosen:
        was = visit.form.text(f"was-{field.key}").replace("\r\n", "\n")
        now = fields.typed(field, current.get(field.key))
        if was != now.strip():
            texts = (fields.read(field, text) for text in (was, now, fields.posted(field, visit.form)))
            found.append(Meanwhile(field.label, *texts))
    return found


def _above_new(visit: Visit, screen: Screen) -> list[tuple[str, str]]:
    reference = visit.query.get("partnerId")
    if screen.above and reference:
        found = visit.perform("find-by-name", body={"kind": "partner", "reference": reference})
        if found:
            return [(f"{BASE}/partners", "Partners"), (f"{BASE}/partners/{found[0].id}", found[0].label)]
    return [(screen.href, screen.many)]
