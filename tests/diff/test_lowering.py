"""The part of a change by which nobody gains anything."""

from typing import Any

import pytest

from reconciler.diff import lowered
from reconciler.model.kinds import KINDS
from reconciler.model.plan import Change


def updated(kind: str, before: dict[str, Any], after: dict[str, Any]) -> Change:
    return Change(
        id=f"{kind}/x", kind=kind, action="update", before=before, after=after, precondition="sha256:1"
    )


@pytest.mark.parametrize(
    ("kind", "before", "after", "part"),
    [
        ("grant", {"level": "consume"}, {"level": "view"}, {"level": "view"}),
        ("grant", {"level": "view"}, {"level": "consume"}, None),
        (
            "grant",
            {"level": "view"},
            {"level": "view", "until": "2027-01-01"},
            {"level": "view", "until": "2027-01-01"},
        ),
        (
            "api-grant",
            {"level": "consume", "until": "2027-02-01"},
            {"level": "consume", "until": "2027-01-01"},
            {"level": "consume", "until": "2027-01-01"},
        ),
        ("grant", {"level": "view", "until": "2027-01-01"}, {"level": "view"}, None),
        (
            "grant",
            {"level": "consume", "until": "2027-01-01", "reason": "pilot"},
            {"level": "view", "until": "2028-01-01", "reason": "contract"},
            {"level": "view", "until": "2027-01-01", "reason": "pilot"},
        ),
        ("grant", {"level": "view", "reason": "pilot"}, {"level": "view", "reason": "contract"}, None),
        ("membership", {"role": "admin"}, {"role": "member"}, {"role": "member"}),
        ("membership", {"role": "member"}, {"role": "admin"}, None),
        (
            "membership",
            {"role": "member"},
            {"role": "admin", "until": "2027-01-01"},
            {"role": "member", "until": "2027-01-01"},
        ),
        (
            "partner",
            {"displayName": "Acme", "type": "reseller", "blocked": ["b@x.example"]},
            {"displayName": "New", "type": "internal", "blocked": ["a@x.example"], "status": "suspended"},
            {
                "displayName": "Acme",
                "type": "reseller",
                "blocked": ["a@x.example", "b@x.example"],
                "status": "suspended",
            },
        ),
        ("partner", {"status": "suspended", "blocked": ["b@x.example"]}, {"status": "active"}, None),
        ("team", {"delegated": True}, {"delegated": False}, {"delegated": False}),
        (
            "team",
            {"displayName": "Ops"},
            {"displayName": "Ops", "delegated": False},
            {"displayName": "Ops", "delegated": False},
        ),
        ("team", {"delegated": False}, {"delegated": True}, None),
        (
            "api-product",
            {"visibility": "public"},
            {"visibility": "organization"},
            {"visibility": "organization"},
        ),
        ("api-product", {"visibility": "restricted"}, {"visibility": "organization"}, None),
        ("access-group", {"owner": "logistics"}, {"owner": "payments"}, None),
    ],
)
def test_only_fields_that_are_lowered_change(
    kind: str, before: dict[str, Any], after: dict[str, Any], part: dict[str, Any] | None
) -> None:
    found = lowered(updated(kind, before, after))

    assert (found.after if found else None) == part
    if found is not None:
        assert {each.path: each.after for each in found.fields} == {
            name: value for name, value in (part or {}).items() if before.get(name) != value
        }


def test_deletions_are_taken_as_they_are_and_nothing_that_adds_or_renames() -> None:
    deletion = Change(id="team/acme/ops", kind="team", action="delete", before={}, precondition="sha256:1")
    creation = Change(id="team/acme/ops", kind="team", action="create", after={})
    adoption = Change(
        id="team/acme/ops", kind="team", action="adopt", before={}, after={}, precondition="sha256:1"
    )
    rename = Change(
        id="partner/new",
        kind="partner",
        action="update",
        renamed_from="partner/old",
        before={"status": "active"},
        after={"status": "suspended"},
        precondition="sha256:1",
    )

    assert [lowered(each) for each in (deletion, creation, adoption, rename)] == [deletion, None, None, None]


def test_each_field_of_each_kind_is_known_to_say_what_people_can_do_or_not() -> None:
    """A new field must be sorted: one that limits people belongs to those that a removal can lower."""
    informs = {"type", "displayName", "owner", "domains", "agreement", "description", "reason"}
    limits = {"status", "blocked", "delegated", "role", "until", "level", "visibility"}

    assert {field for kind in KINDS.values() for field in kind.fields} == informs | limits
