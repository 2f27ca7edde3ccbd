"""A portal with everything in each of its states, and with names that are long or hostile."""

from datetime import timedelta
from typing import Final

from reconciler.portal_server.identity import sign_in_links
from tests.portal_server.driver import START, Portal

OPERATOR: Final = "olga@portal.example"
ADMIN: Final = "ana@acme.example"
MEMBER: Final = "bo@acme.example"
NEW: Final = "eve.with-a-long-address-that-has-no-space@integration.acme-logistics.example"
GUEST: Final = "guest@globex.example"
BLOCKED: Final = "blocked@acme.example"
LONG: Final = "Maintenance of machines for harbors " * 6 + "and of cranes"
UNBROKEN: Final = "Donaudampfschifffahrtsgesellschaftskapitän" * 5
HOSTILE: Final = """<b>Harbor</b> & "Sons" 'Ltd' {{ now }}"""
RIGHT_TO_LEFT: Final = "חברת השילוח (תל אביב) 2026"
# When people look at the sample: invitations of the start have expired.
NOW: Final = START + timedelta(days=30)


class Sample:
    """Creates the sample; `ids` are the ids and codes of what is in it, by name."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.ids: dict[str, str] = {}

    def fill(self) -> dict[str, str]:
        """Create everything, and return the ids."""
        self._partners()
        self._catalog()
        self._people()
        self._access()
        self._requests()
        self._changes_by_hand()
        self.portal.clock = NOW
        self._invitations()
        return self.ids

    def _make(self, key: str, path: str, **body: object) -> str:
        self.ids[key] = str(self.portal.made(path, **body)["id"])
        return self.ids[key]

    def _partners(self) -> None:
        partners = {"acme": "Acme Logistics", "globex": HOSTILE, "harbor": LONG, "haifa": RIGHT_TO_LEFT}
        for name, shown in partners.items():
            in_git = {"managedBy": "git:partners/acme.yaml"} if name == "acme" else {}
            self._make(
                name,
                "/partners",
                name=name,
                type="reseller",
                displayName=shown,
                owner="partnerships",
                domains=[f"{name}.example"],
                **in_git,
            )
        teams = (
            ("integration", "acme", "Integration", True),
            ("finance", "acme", "Finance and controlling", False),
            ("ops", "globex", f"{HOSTILE} team", True),
            ("crane", "harbor", f"{UNBROKEN} team", True),
            ("quiet", "haifa", f"{RIGHT_TO_LEFT} team", True),
        )
        for name, partner, shown, delegated in teams:
            self._make(
                name,
                "/teams",
                partnerId=self.ids[partner],
                name=name,
                displayName=shown,
                delegated=delegated,
                managedBy="git:partners/acme.yaml" if partner == "acme" else None,
            )

    def _catalog(self) -> None:
        for name, shown in (
            ("tracking", "Tracking"),
            ("rates", f"{HOSTILE} API"),
            ("labels", f"{UNBROKEN} API"),
        ):
            self._make(name, "/apis", name=f"{name}-v1", displayName=shown, owner="logistics")
        self._make("shipping", "/products", name="shipping", displayName=f"{LONG} product", owner="logistics")
        self._make("empty-product", "/products", name="empty", displayName="Empty", owner="logistics")
        self._make("product-item", "/product-items", productId=self.ids["shipping"], apiId=self.ids["rates"])
        groups = {
            "logistics": "Logistics partners",
            "billing": f"{HOSTILE} group",
            "customs": f"{UNBROKEN} group",
        }
        for name, shown in groups.items():
            self._make(name, "/access-groups", name=name, displayName=shown, owner="logistics")
        items = (("logistics", "apiId", "tracking"), ("billing", "apiId", "labels"))
        for group, key, entry in items:
            self._make(f"{group}-item", "/access-items", groupId=self.ids[group], **{key: self.ids[entry]})
        self._make(
            "access-item", "/access-items", groupId=self.ids["logistics"], productId=self.ids["shipping"]
        )

    def _people(self) -> None:
        for email in (ADMIN, MEMBER, BLOCKED, GUEST):
            name = {"displayName": HOSTILE} if email == MEMBER else {}
            self._make(f"account-of-{email.partition('@')[0]}", "/people", email=email, **name)
        members = (
            ("ana", "integration", ADMIN, "admin", None),
            ("bo", "integration", MEMBER, "member", "2026-04-05"),
            ("blocked", "integration", BLOCKED, "member", None),
            ("expired", "integration", "late@acme.example", "member", None),
            ("ana-of-finance", "finance", ADMIN, "admin", None),
            ("bo-of-finance", "finance", MEMBER, "member", None),
            ("ana-of-crane", "crane", ADMIN, "admin", None),
            ("ana-of-quiet", "quiet", ADMIN, "admin", None),
            ("guest", "ops", GUEST, "member", None),
        )
        for key, team, email, role, until in members:
            self._make(key, "/members", teamId=self.ids[team], email=email, role=role, until=until)
        self.ids["expired-code"] = self.portal.codes("late@acme.example")[0]

    def _access(self) -> None:
        grants = (
            ("grant", "logistics", {"teamId": self.ids["integration"]}, "consume", "2026-04-20"),
            ("grant-of-ops", "billing", {"teamId": self.ids["ops"]}, "view", None),
            ("grant-of-crane", "billing", {"teamId": self.ids["crane"]}, "consume", "2027-03-31"),
            ("grant-of-bo", "billing", {"email": MEMBER}, "view", None),
        )
        for key, group, holder, level, until in grants:
            self._make(
                key,
                "/grants",
                groupId=self.ids[group],
                level=level,
                until=until,
                reason=f"{HOSTILE}\n{LONG}" if key == "grant-of-crane" else None,
                **holder,
            )

    def _requests(self) -> None:
        team = self.ids["integration"]
        reason = f"{LONG}\n\n{UNBROKEN}\n{HOSTILE}"
        self._make(
            "request",
            "/access-requests",
            teamId=team,
            groupId=self.ids["billing"],
            level="consume",
            until="2026-12-31",
            reason=reason,
        )
        self._make("wish", "/access-requests", teamId=team, level="view", reason="Pallets, even as a beta.")
        for verb in ("grant", "decline", "withdraw"):
            group = self.ids["logistics"] if verb == "grant" else self.ids["customs"]
            request = self._make(f"{verb}-request", "/access-requests", teamId=team, groupId=group)
            body = {"answer": reason} if verb == "decline" else {}
            answer = self.portal.post(f"/access-requests/{request}/{verb}", body)
            assert answer.status_code == 200, answer.text

    def _changes_by_hand(self) -> None:
        changes: tuple[tuple[str, dict[str, object]], ...] = (
            (f"/partners/{self.ids['acme']}", {"blocked": [BLOCKED]}),
            (f"/partners/{self.ids['harbor']}", {"status": "suspended"}),
            (f"/access-groups/{self.ids['logistics']}", {"description": "Changed by hand.\nTwice."}),
        )
        for path, change in changes:
            answer = self.portal.patch(path, change)
            assert answer.status_code == 200, answer.text

    def _invitations(self) -> None:
        team = self.ids["integration"]
        self._make("declined", "/members", teamId=team, email="no@acme.example", role="member")
        self.portal.answer(self.portal.codes("no@acme.example")[0], "decline")
        self._make("invited", "/members", teamId=team, email=NEW, role="member")
        self.ids["code"] = self.portal.codes(NEW)[0]
        token = self.portal.made("/tokens", name=HOSTILE, scope="read")
        self.ids["token"] = str(token["id"])
        with self.portal.app.state.database.writing() as connection:
            path = sign_in_links.create(connection, NOW, ADMIN)
        self.ids["link"] = path.removeprefix(sign_in_links.PATH)
