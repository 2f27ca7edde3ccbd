"""A portal that people have filled by hand, without a repository."""

from pathlib import Path

from reconciler.portal_server import ApiEntry
from tests.portal_server.driver import Portal

APIS = (
    ApiEntry("tracking-v2", "Tracking", "logistics", "organization"),
    ApiEntry("rates-v1", "Rates", "ops"),
    ApiEntry("labels-v3", "labels-v3", "logistics"),
)


def fill(database: Path) -> None:
    """Create the database of an embedded portal with this content."""
    database.parent.mkdir()
    with Portal(str(database), apis=APIS) as portal:
        _fill(portal)


def _fill(portal: Portal) -> None:
    """Create what people make by hand: capitals in names, no admins, expired invitations, foreign teams."""
    for person in ("ana@acme.example", "bo@acme.example", "cy@acme.example", "sam@indie.example"):
        portal.made("/people", email=person)
    acme = portal.made(
        "/partners",
        name="ACME_Logistics",
        displayName="Acme Logistics GmbH: EU",
        type="reseller",
        owner="sales",
        domains=["acme.example"],
        blocked=["eve@acme.example"],
    )
    eu = portal.made(
        "/teams", partnerId=acme["id"], name="Integration.EU", displayName="Integration", delegated=True
    )
    finance = portal.made(
        "/teams", partnerId=acme["id"], name="finance", displayName="finance", delegated=False
    )
    portal.member(eu, "ana@acme.example", "admin")
    portal.member(eu, "bo@acme.example")
    portal.member(eu, "late@acme.example", "admin")
    portal.member(finance, "bo@acme.example", until="2027-12-31")
    portal.member(finance, "cy@acme.example", until="2026-06-30")
    theirs = {"managedBy": "other-company"}
    globex = portal.made(
        "/partners", name="globex", displayName="Globex", type="external", owner="logistics", **theirs
    )
    ops = portal.made(
        "/teams", partnerId=globex["id"], name="ops", displayName="Ops", delegated=True, **theirs
    )
    _add_groups(portal, eu["id"], finance["id"], ops["id"])


def _add_groups(portal: Portal, eu: str, finance: str, ops: str) -> None:
    apis = {each["name"]: each["id"] for each in portal.items("/apis")}
    suite = portal.product(name="Suite", displayName="Suite", owner="logistics", visibility="organization")[
        "id"
    ]
    both = portal.product(name="both", displayName="Both", owner="logistics")["id"]
    portal.made("/product-items", productId=suite, apiId=apis["labels-v3"])
    portal.made("/product-items", productId=both, apiId=apis["rates-v1"])
    described = {"description": "What it is for:\n- rates\n", "owner": "logistics"}
    gold = portal.group(name="gold", displayName="Gold", **described)["id"]
    silver = portal.group(name="Silver", displayName="Silver", owner="logistics")["id"]
    portal.made("/access-items", groupId=gold, apiId=apis["tracking-v2"])
    for group, product in ((gold, suite), (gold, both), (silver, both)):
        portal.made("/access-items", groupId=group, productId=product)
    portal.made("/grants", groupId=gold, teamId=eu, until="2027-12-31", reason="pilot, API-1")
    portal.made("/grants", groupId=gold, teamId=ops, level="view")
    portal.made("/grants", groupId=gold, email="sam@indie.example", level="view", until="2027-12-31")
    portal.made("/grants", groupId=silver, teamId=finance, until="2026-06-30")
