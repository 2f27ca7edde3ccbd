"""What is printed as JSON fits the published schemas, and has every key that they name."""

import json

import jsonschema_rs
import msgspec
import pytest

from reconciler.model.access import AccessChange, AccessReport, AccessRow, Impact
from reconciler.model.approval import GivenApproval, OwnerApproval, UncountedApproval
from reconciler.model.approved_plans import ApprovedPlans, PlanApproval
from reconciler.model.finding import Finding, Severity, Source
from reconciler.model.forecast import Forecast, ForecastRow, ForecastSummary
from reconciler.model.health import CheckReport, HealthReport, HealthSummary, TargetHealth
from reconciler.model.inventory import Inventory, Listed
from reconciler.model.people_pull import (
    ExceededLimit,
    GroupNote,
    LeavingPerson,
    PeoplePull,
    PersonChange,
    PulledSource,
    PullSummary,
    UnbelievedGroup,
)
from reconciler.model.plan import Approval, Change, Drift, FieldChange, Plan, with_digests
from reconciler.model.portal_results import AccessReports, Plans, PortalAccess, PortalFailure, Receipts
from reconciler.model.receipt import Entry, Receipt, summarize
from reconciler.model.sync_report import NotMapped, SyncedField, SyncedPartner, SyncNotice, SyncReport
from reconciler.render import json_format
from reconciler.schema import output_schemas

TEAM = "team/acme/integration"
CHANGE = Change(
    id=TEAM,
    kind="team",
    action="update",
    because="suspended",
    renamed_from="team/acme/old",
    before={"delegated": True},
    after={"delegated": False},
    fields=(FieldChange("delegated", before=True, after=False),),
    needs=("partner/acme",),
    source=Source("partners/acme.yaml", 3, 5),
)
GAINED = AccessChange(
    "rates", "none", "view", "acme/integration", ("ana@acme.example",), ("access-group/a",), None
)
FOUND = Finding.at(Source("partners/acme.yaml", 3, 5), "until-missing", "it has no end", "give it one")
ENTRIES = (Entry(TEAM, "update", "applied"), Entry("partner/x", "delete", "failed", "409", 2))
FORECAST = ForecastRow(
    day="2027-01-01",
    partner="a",
    team="a/b",
    people=("a@b.cd",),
    api="rates",
    from_="consume",
    to="view",
    via=("access-group/a",),
    until="2026-12-31",
    ending="grant",
    reason="pilot",
    place=Source("partners/a.yaml", 3, 5),
)
MADE = with_digests(
    Plan(
        reconciler="0.1.0",
        portal="local",
        portal_id="1",
        scope="us",
        created="2026-11-24T00:00:00Z",
        today="2026-11-24",
        changes=(CHANGE,),
        access=Impact((GAINED,)),
        drift=Drift((CHANGE,)),
        approvals=(Approval("logistics", "changes acme", (TEAM,)),),
        findings=(FOUND,),
    )
)
APPROVED = OwnerApproval(
    owner="logistics",
    reasons=("changes acme",),
    approvers=("ana",),
    approved_by=(GivenApproval("ana", "a" * 40, "https://forge.example/review/1"),),
    uncounted=(UncountedApproval("ana", "given for bbbbbbbbbbbb", ""),),
    enforced=True,
)
WRITTEN = Receipt(
    plan="sha256:1",
    portal="local",
    started="2026-11-24T00:00:00Z",
    finished="2026-11-24T00:00:01Z",
    outcome="incomplete",
    summary=summarize(ENTRIES),
    entries=ENTRIES,
    applied_by="ana@laptop",
    access=Impact((GAINED,)),
    approvals=(APPROVED,),
)
REACHED = AccessReport(
    "portal",
    (
        AccessRow("a@b.cd", "active", "admin", "a/b", "rates", "view", ("access-group/a",), "2027-12-31"),
        AccessRow("a@b.cd", None, None, None, "rates", "consume", ("access-group/a",), None),
    ),
    ("a/b",),
    ("status",),
)
UNREACHABLE = PortalFailure("lab", "cannot be reached", "is it running?", 5)
SYNCED_PARTNER = SyncedPartner(
    partner="acme",
    file="partners/acme.yaml",
    account="1",
    place="crm.csv:2",
    fields=(SyncedField("domains", None, ["acme.example"]),),
)
SYNCED = SyncReport(
    source="crm",
    accounts=4,
    created=(SYNCED_PARTNER,),
    changed=(SYNCED_PARTNER,),
    not_mapped=(NotMapped(reason="invalid", place="crm.csv:3", message="it has no id", hint="add it"),),
    notices=(SyncNotice(reason="vanished", place="p.yaml:3", account="1", partner="a", message="gone"),),
)
PULLED = PeoplePull(
    changed=True,
    summary=PullSummary(1, 0, 0, 1),
    changes=(
        PersonChange(
            team="acme/ops", role="members", action="add", source="directory", id="1", email="a@b.cd"
        ),
    ),
    sources=(
        PulledSource(
            name="directory",
            outcome="refused",
            groups=1,
            limits=(
                ExceededLimit(
                    level="team", name="acme/ops", leaving=4, people=5, percent=50, count=25, floor=3
                ),
            ),
            leaving=(LeavingPerson("acme/ops", "directory", "2", "c@b.cd"),),
            digest="sha256:1",
        ),
    ),
    unbelieved=(
        UnbelievedGroup(
            source="directory",
            group="Ops",
            teams=("acme/ops members",),
            completeness="partial",
            reason="page 2 is missing",
            missing=("d@b.cd",),
        ),
    ),
    notes=(GroupNote("directory", "Ops", "x is not a valid address"),),
    released=("acme/web admins",),
    renamed=("acme/old to acme/new",),
    only_removals=False,
)
OUTPUTS = {
    "people-pull": json_format.people_pull(PULLED),
    "sync": json_format.sync(SYNCED),
    "approvals": json_format.approved_plans(
        ApprovedPlans(
            plans=(PlanApproval(plan="sha256:1", portal="local", pull_request=1, approvals=(APPROVED,)),)
        )
    ),
    "plan": json_format.plan(MADE),
    "receipt": json_format.receipt(WRITTEN),
    "plans": json_format.plans(Plans(portals=("local", "lab"), plans=(MADE,), failures=(UNREACHABLE,))),
    "receipts": json_format.receipts(
        Receipts(portals=("local", "lab"), receipts=(WRITTEN,), failures=(UNREACHABLE,))
    ),
    "findings": json_format.findings([FOUND, Finding(rule="x", severity=Severity.INFO, message="y")], 1, 2),
    "access": json_format.access(REACHED),
    "access-reports": json_format.access_reports(
        AccessReports(
            portals=("local", "lab"), reports=(PortalAccess("local", REACHED),), failures=(UNREACHABLE,)
        )
    ),
    "forecast": json_format.forecast(
        Forecast(
            source="files",
            from_="2026-11-24",
            until="2027-12-31",
            summary=ForecastSummary(1, 1, 1),
            rows=(
                FORECAST,
                msgspec.structs.replace(FORECAST, partner=None, team=None, reason=None, place=None),
            ),
            delegated=("a/b",),
        )
    ),
    "list": json_format.inventory(
        Inventory(
            "files",
            "partners",
            (
                Listed(name="a"),
                Listed(
                    name="b",
                    display_name="B",
                    type="reseller",
                    owner="sales",
                    status="active",
                    until="2027-12-31",
                    partners=("b",),
                    teams=1,
                    people=2,
                    active=1,
                    apis=3,
                    place=Source("partners/b.yaml", 3, 5),
                ),
            ),
            ("a/b",),
        )
    ),
    "doctor": json_format.health(
        HealthReport(
            version="0.1.0",
            targets=(
                TargetHealth(
                    kind="portal",
                    name="local",
                    type="embedded",
                    address=None,
                    checks=(
                        CheckReport(name="account", status="ok", detail="ana", hint="", exit_code=0),
                        CheckReport(name="map", status="failed", detail="no", hint="do it", exit_code=5),
                    ),
                ),
                TargetHealth(
                    kind="forge", name="github", type=None, address="https://github.example", checks=()
                ),
            ),
            summary=HealthSummary(1, 0, 1, 0),
        )
    ),
}


@pytest.mark.parametrize("name", output_schemas())
def test_every_schema_is_one(name: str) -> None:
    assert jsonschema_rs.meta.is_valid(output_schemas()[name])


@pytest.mark.parametrize("name", output_schemas())
def test_what_is_printed_fits(name: str) -> None:
    errors = jsonschema_rs.Draft202012Validator(output_schemas()[name]).iter_errors(json.loads(OUTPUTS[name]))

    assert [error.message for error in errors] == []


@pytest.mark.parametrize("name", output_schemas())
def test_each_documented_key_is_always_there(name: str) -> None:
    schema = output_schemas()[name]
    parts = [part for part in [schema, *schema["$defs"].values()] if "properties" in part]

    assert [part["title"] for part in parts if part["required"] != list(part["properties"])] == []


@pytest.mark.parametrize("name", output_schemas())
def test_later_minor_versions_fit_and_other_majors_do_not(name: str) -> None:
    def fits(version: str) -> bool:
        later = {**json.loads(OUTPUTS[name]), "format": f"reconciler-{name}/{version}", "new": 1}
        return jsonschema_rs.is_valid(output_schemas()[name], later)

    assert [fits("1.0"), fits("1.12"), fits("2.0"), fits("1.0\n")] == [True, True, False, False]


def test_descriptions_speak_of_null_and_have_no_line_breaks() -> None:
    assert output_schemas()["access"]["$defs"]["AccessRow"]["description"] == (
        "One path from a person to an API. `role` and `team` are null for a grant to the person. "
        "`state` is known only from a portal. `via` has the group and the product on the path, or `api/NAME` "
        "for a grant of an API that no file defines at this level. `until` is the earliest "
        "end on the path, or null."
    )
