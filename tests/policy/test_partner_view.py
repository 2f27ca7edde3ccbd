from typing import Any

from reconciler.model.document import Document, Partner
from reconciler.model.people_lock import PeopleLock
from reconciler.policy.partner_view import GrantRef, PartnerView, PartnerViews, PersonRef, earlier
from tests.builders import partner, people, team


def test_a_partner_view_has_summary_facts_and_entries_with_places() -> None:
    acme = partner(
        "acme",
        team(
            "a", "Ana@acme.example", access=["t"], members=[{"email": "bo@b.example", "until": "2027-02-01"}]
        ),
        access=[{"group": "all", "level": "view", "until": "2028-01-01"}],
        until="2027-01-01",
        domains=["acme.example"],
    )
    assert isinstance(acme.body, Partner)
    holder = PartnerView(acme, acme.body, PeopleLock([]))

    assert (holder.requests, holder.groups, holder.ends, holder.max_admins, holder.has_foreign_domains) == (
        [("all", "view", "2027-01-01"), ("t", "consume", "2027-01-01")],
        {"all", "t"},
        ["2027-01-01", "2028-01-01", "2027-02-01"],
        1,
        True,
    )
    assert holder.own_access == [
        GrantRef(acme, ("spec", "access", 0), "acme", None, "all", "view", "2027-01-01"),
        GrantRef(acme, ("spec", "teams", 0, "access", 0), "acme", "a", "t", "consume", "2027-01-01"),
    ]
    assert holder.people == [
        PersonRef("ana@acme.example", None, "admins", 0, acme, ("spec", "teams", 0, "admins", 0)),
        PersonRef("bo@b.example", "2027-02-01", "members", 0, acme, ("spec", "teams", 0, "members", 0)),
    ]


def test_a_person_in_two_teams_is_not_listed_twice_unless_one_of_them_may_list_others_twice() -> None:
    ana, spelled = "ana@acme.example", "Ana@ACME.example"
    apart = team("a", ana), team("b", ana, members=[{"email": "bo@acme.example", "until": "2027-02-01"}])

    assert _has_duplicates(*apart) is False
    assert _has_duplicates(*apart, {**team("c"), "status": "ended"}) is True
    assert _has_duplicates(team("a", ana, members=[{"email": spelled, "until": "2027-02-01"}])) is True


def _has_duplicates(*teams: Any) -> bool:
    acme = partner("acme", *teams)
    assert isinstance(acme.body, Partner)
    return PartnerView(acme, acme.body, PeopleLock([])).has_duplicate_people


def test_no_end_is_later_than_any() -> None:
    assert (earlier(None, None), earlier("2027-01-01", None), earlier("2027-01-01", "2026-12-31")) == (
        None,
        "2027-01-01",
        "2026-12-31",
    )


def test_a_view_is_made_once_for_each_document_and_people_lock() -> None:
    own = partner("acme", team("ops"))
    pulled = partner("bolt", team("ops", members={"from": "directory", "group": "bolt"}))
    one, other = PeopleLock([]), PeopleLock([people({"bolt/ops": {"members": ["cy@bolt.example"]}})])
    views = PartnerViews()

    def of(document: Document, lock: PeopleLock) -> PartnerView:
        assert isinstance(document.body, Partner)
        return views.of(document, document.body, lock)

    assert of(own, one) is of(own, other)
    assert of(pulled, one) is of(pulled, one)
    assert of(pulled, one) is not of(pulled, other)
    assert of(partner("acme", team("ops")), one) is not of(own, one)
