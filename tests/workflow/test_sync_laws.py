"""Laws of a sync: a second one changes nothing, and what people wrote beside the mapped fields stays."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.accounts import Account, Accounts
from reconciler.model.document import Document
from reconciler.workflow.sync.comparison import SyncOptions
from reconciler.workflow.sync.run import Synced, sync
from reconciler.workflow.validate import check, require_configuration
from tests.cli.running import TODAY
from tests.sources.crm_settings import csv_source

CONFIGURATION = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {name: our-company}
spec:
  paths: {partners: [Partner]}
  owners: {partnerships: {email: p@our-company.example}}
  rules: {agreement-missing: "off"}
"""
PARTNER = """\
# Written by hand
apiVersion: reconciler/v1
kind: Partner
metadata: {name: NAME, labels: {region: north}, annotations: {crm/account: "ID"}} # kept
spec:
  type: reseller # kept
  displayName: NAME
  owner: partnerships # kept
  teams: # kept
    - name: ops # kept
      admins: [ana@acme.example] # kept
"""
SOURCE = csv_source(
    mergedInto="Left",
    fields={
        "status": {"column": "State", "values": {"1": "active", "0": "suspended"}},
        "domains": {"column": "Sites", "split": " "},
        "agreement": "No",
        "until": "End",
    },
)
TEXTS = st.sampled_from(["", "Acme", "acme", "Bolt: x", "Zoë & Co", "- x", "'", "1.50", "2027-12-31"])
ACCOUNTS = st.lists(
    st.fixed_dictionaries(
        {
            "Id": st.sampled_from(["1", "2", "3", "4", ""]),
            "Name": TEXTS,
            "State": st.sampled_from(["0", "1", "2", ""]),
            "Sites": st.sampled_from(["", "acme.example", "www.x.example acme.example", "x", "é.example"]),
            "No": TEXTS,
            "End": st.sampled_from(["", "2027-12-31", "2020-01-01", "soon"]),
            "Left": st.sampled_from(["", "", "1", "3"]),
        }
    ),
    max_size=6,
)


def synced(folder: Path, accounts: list[dict[str, str]], *, link: bool) -> Synced:
    """Sync the files of a folder, and write them."""
    checked = check(folder / "reconciler.yaml", TODAY)
    found = Accounts(tuple(Account(f"crm.csv:{line}", each) for line, each in enumerate(accounts, 2)))
    options = SyncOptions(
        name="crm",
        source=SOURCE,
        annotation="crm/account",
        today=TODAY,
        folder="partners",
        link=link,
        is_taken=lambda name: (folder / "partners" / f"{name}.yaml").exists(),
    )
    result = sync(checked, folder, lambda file: (folder / file).read_text("utf-8"), found, options)
    for each in result.edited.files:
        (folder / each.path).write_text(each.after or "", "utf-8")
    return result


def documents(folder: Path) -> dict[str, Document]:
    repository = require_configuration(check(folder / "reconciler.yaml", TODAY))
    return {str(each.name): each for each in repository.documents}


@given(ACCOUNTS, st.booleans())
def test_a_second_sync_changes_nothing_and_only_mapped_fields_ever_change(
    accounts: list[dict[str, str]],
    link: bool,  # noqa: FBT001  drawn by Hypothesis
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "partners").mkdir()
        (folder / "reconciler.yaml").write_text(CONFIGURATION)
        for partner, key in (("acme", "1"), ("bolt", "2")):
            text = PARTNER.replace("NAME", partner).replace("ID", key)
            (folder / "partners" / f"{partner}.yaml").write_text(text)
        before = documents(folder)

        first = synced(folder, accounts, link=link)
        after = documents(folder)
        second = synced(folder, accounts, link=link)

        assert (second.report.created, second.report.changed) == ((), ())
        assert second.report.not_mapped == first.report.not_mapped
        assert {*before, *(each.partner for each in first.report.created)} == set(after)
        mapped = {"displayName", "status", "domains", "agreement", "until"}
        for partner, document in before.items():
            (old, new) = (
                {key: value for key, value in each.data["spec"].items() if key not in mapped}
                for each in (document, after[partner])
            )
            text = (folder / document.file).read_text("utf-8")
            assert (new, text.count("# kept"), text.startswith("# Written by hand\n")) == (old, 6, True)
