"""A small portal: two partners, three teams, and access for one of them."""

from typing import NamedTuple

from tests.portal_server.driver import Portal

ADMIN = "ana@acme.example"
MEMBER = "bo@acme.example"
INVITED = "cy@acme.example"


class Company(NamedTuple):
    """The ids of the sample's objects."""

    acme: str
    integration: str
    finance: str
    globex_ops: str
    group: str
    product: str
    tracking: str
    grant: str
    ana: str
    bo: str
    cy: str


def found(portal: Portal) -> Company:
    """Create the sample: ana manages bo and cy in a delegated team, which may consume one API."""

    def made(path: str, **body: object) -> str:
        answer = portal.post(path, body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    acme = made("/partners", name="acme", type="reseller", displayName="Acme Logistics", owner="partnerships")
    globex = made("/partners", name="globex", type="external", displayName="Globex", owner="partnerships")
    integration = made("/teams", partnerId=acme, name="integration", displayName="Integration")
    finance = made("/teams", partnerId=acme, name="finance", displayName="Finance", delegated=False)
    globex_ops = made("/teams", partnerId=globex, name="ops", displayName="Operations")
    tracking = made("/apis", name="tracking-v2", displayName="Tracking", owner="logistics")
    rates = made("/apis", name="rates-v1", displayName="Rates", owner="logistics")
    product = made("/products", name="shipping", displayName="Shipping", owner="logistics")
    group = made("/access-groups", name="logistics", displayName="Logistics partners", owner="logistics")
    made("/product-items", productId=product, apiId=rates)
    made("/access-items", groupId=group, productId=product)
    made("/access-items", groupId=group, apiId=tracking)
    grant = made("/grants", groupId=group, teamId=integration, level="consume", until="2026-12-31")
    for email in (ADMIN, MEMBER):
        made("/people", email=email)
    ana = made("/members", teamId=integration, email=ADMIN, role="admin")
    bo = made("/members", teamId=integration, email=MEMBER, role="member")
    cy = made("/members", teamId=integration, email=INVITED, role="member")
    return Company(acme, integration, finance, globex_ops, group, product, tracking, grant, ana, bo, cy)
