"""The table of all operations, for routing and for the API description."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from reconciler.portal_server.operations import (
    access_operations,
    audit_log,
    excerpt,
    invitations,
    kinds,
    leases,
    listing,
    matrix,
    member_list,
    member_operations,
    members,
    metadata,
    objects,
    operator_pages,
    own_invitations,
    people,
    responses,
    tokens,
    totals,
)
from reconciler.portal_server.operations.context import Call, Handler, HttpResponse
from reconciler.portal_server.operations.kinds import KINDS, MEMBER, PERSON, TOKEN, Kind, View
from reconciler.portal_server.operations.operation import (
    ADMIN,
    ADMIN_AND_TEAM,
    ALL,
    READERS,
    Operation,
)
from reconciler.portal_server.operations.request_models import NewLease, WantedExcerpt, WantedTotals

# The page type of a kind is only known at run time.
_PAGE: Final[Any] = responses.Page


def _kind_operations(kind: Kind) -> list[Operation]:
    readers = ADMIN if kind is TOKEN else ALL if kind.sight else READERS
    plural = _words(kind.path)
    one = _words(kind.name)
    found = [
        Operation(
            method="GET",
            path=f"/{kind.path}",
            name=f"list-{kind.path}",
            summary=f"List {plural}",
            run=member_list.show if kind is MEMBER else _listing(kind.view, kind),
            scopes=readers,
            query=member_list.Query if kind is MEMBER else listing.page_query(kind.view),
            reply=_PAGE[kind.view.reply],
        ),
        Operation(
            method="POST",
            path=f"/{kind.path}",
            name=f"create-{kind.name}",
            summary=f"Create one {one}",
            run=_OWN_CREATE.get(kind.name, partial(objects.create, kind=kind)),
            scopes=ADMIN_AND_TEAM if kind is MEMBER else ADMIN,
            body=kind.new,
            reply=kind.view.reply,
            status=201,
            error_statuses=frozenset({409}),
            tagged=True,
        ),
        Operation(
            method="GET",
            path=f"/{kind.path}/{{id}}",
            name=f"get-{kind.name}",
            summary=f"One {one}",
            run=partial(objects.show, kind=kind),
            scopes=readers,
            reply=kind.view.reply,
            error_statuses=frozenset({404}),
            tagged=True,
        ),
        Operation(
            method="DELETE",
            path=f"/{kind.path}/{{id}}",
            name=f"delete-{kind.name}",
            summary=f"Delete one {one}",
            run=_OWN_REMOVE.get(kind.name) or partial(objects.remove, kind=kind),
            scopes=ADMIN_AND_TEAM if kind is MEMBER else ADMIN,
            status=204,
            error_statuses=frozenset({404, 409, 412}) if kind.in_use else frozenset({404, 412}),
        ),
    ]
    return [*found, _change(kind, one)] if kind.change else found


def _change(kind: Kind, one: str) -> Operation:
    return Operation(
        method="PATCH",
        path=f"/{kind.path}/{{id}}",
        name=f"change-{kind.name}",
        summary=f"Update one {one} with a JSON merge patch",
        run=members.change if kind is MEMBER else partial(objects.change, kind=kind),
        scopes=ADMIN,
        body=kind.change,
        reply=kind.view.reply,
        error_statuses=frozenset({404, 409, 412}),
        tagged=True,
    )


def _listing(view: View, kind: Kind | None = None) -> Handler:
    sight = kind.sight if kind else None
    return lambda call: listing.page(call, view, sight)


def _mailbox(call: Call) -> HttpResponse:
    return listing.page(call, kinds.ALL_MAILS if call.post and call.post.demo else kinds.MAILBOX)


def _words(name: str) -> str:
    return name.replace("-", " ")


def _report(path: str, view: View, summary: str) -> Operation:
    return Operation(
        method="GET",
        path=path,
        name=f"list{path.replace('/', '-')}",
        summary=summary,
        run=_listing(view),
        scopes=ADMIN,
        query=listing.page_query(view),
        reply=_PAGE[view.reply],
    )


def _invitation(verb: str, summary: str, run: Callable[[Call], HttpResponse]) -> Operation:
    return Operation(
        method="POST",
        path=f"/invitations/{{code}}/{verb}",
        name=f"{verb}-invitation",
        summary=summary,
        run=run,
        reply=responses.Member,
        error_statuses=frozenset({404}),
        tagged=True,
    )


_OWN_CREATE: Final[dict[str, Handler]] = {MEMBER.name: members.create, TOKEN.name: tokens.create}
_OWN_REMOVE: Final[dict[str, Handler]] = {MEMBER.name: members.remove, PERSON.name: people.remove}
_INVITE_AGAIN: Final = Operation(
    method="POST",
    path="/members/{id}/invitation",
    name="invite-again",
    summary="Send an expired invitation again",
    run=members.invite_again,
    scopes=ADMIN_AND_TEAM,
    reply=responses.Member,
    error_statuses=frozenset({404, 409, 412, 429}),
    tagged=True,
)
_EXCERPTS: Final = (
    Operation(
        method="POST",
        path="/excerpt",
        name="get-excerpt",
        summary="Get some objects, and what gives the people behind them access",
        run=excerpt.show,
        scopes=READERS,
        body=WantedExcerpt,
        reply=responses.Excerpt,
        safe=True,
    ),
    Operation(
        method="POST",
        path="/totals",
        name="get-totals",
        summary="Count the objects of a configuration, and the people with access",
        run=totals.show,
        scopes=READERS,
        body=WantedTotals,
        reply=responses.Totals,
        safe=True,
    ),
)
_LEASES: Final = (
    Operation(
        method="PUT",
        path="/lease",
        name="take-lease",
        summary="Acquire or renew the lease",
        run=leases.acquire,
        scopes=ADMIN,
        body=NewLease,
        reply=responses.Lease,
        error_statuses=frozenset({409}),
    ),
    Operation(
        method="GET",
        path="/lease",
        name="get-lease",
        summary="Get the holder of the lease",
        run=leases.show,
        scopes=READERS,
        reply=responses.Lease,
        error_statuses=frozenset({404}),
    ),
    Operation(
        method="DELETE",
        path="/lease",
        name="release-lease",
        summary="Release the lease",
        run=leases.release,
        scopes=ADMIN,
        query=leases.LeaseQuery,
        status=204,
        error_statuses=frozenset({409}),
    ),
)


def operations(portal_name: str) -> list[Operation]:
    """Return all operations of a portal with this name."""
    return [
        *(operation for kind in KINDS for operation in _kind_operations(kind)),
        _INVITE_AGAIN,
        *operator_pages.OPERATIONS,
        *member_operations.OPERATIONS,
        _invitation("accept", "Accept an invitation", invitations.accept),
        _invitation("decline", "Decline an invitation", invitations.decline),
        *access_operations.OPERATIONS,
        *own_invitations.OPERATIONS,
        *_EXCERPTS,
        *_LEASES,
        replace(_report("/mailbox", kinds.MAILBOX, "List the sent e-mails"), run=_mailbox),
        *audit_log.OPERATIONS,
        *matrix.OPERATIONS,
        Operation(
            method="GET",
            path="/portal",
            name="get-portal",
            summary="Get the instance of the portal",
            run=partial(metadata.portal, name=portal_name),
            scopes=ALL,
            reply=responses.Portal,
        ),
        Operation(
            method="GET",
            path="/me",
            name="get-me",
            summary="Get the owner of the token",
            run=metadata.me,
            scopes=ALL,
            reply=responses.Me,
        ),
        Operation(
            method="GET",
            path="/health",
            name="get-health",
            summary="Check the health of the portal and its database",
            run=metadata.health,
            reply=responses.Health,
            unmetered=True,
        ),
    ]
