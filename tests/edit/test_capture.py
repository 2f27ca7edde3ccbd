"""Differences that no edit of a file can follow."""

from reconciler.edit.capture.capture import NotCaptured, capture
from reconciler.model.plan import Change


def test_grants_of_single_apis_are_refused_with_what_to_use_instead() -> None:
    grant = "api-grant/rates-v1/team/acme/ops"
    changes = [Change(id=grant, kind="api-grant", action="delete", before={"level": "consume"})]

    captured = capture([], changes, {})

    assert (captured.edits, captured.ids, captured.refused) == (
        (),
        (),
        (
            NotCaptured(
                grant,
                "the portal grants single APIs, but the files grant groups",
                "use `reconciler grant` or `revoke` with a group that has this API",
            ),
        ),
    )
