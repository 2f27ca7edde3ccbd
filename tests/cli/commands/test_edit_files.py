"""The mechanism behind all commands that edit files: several at once, shown, checked, all or none."""

from pathlib import Path
from textwrap import dedent

import pytest

from reconciler.cli.actions.edits.edit_files import EditOptions, Files, edit_files
from reconciler.edit.operations import Append, Put
from reconciler.errors import InputError
from reconciler.workflow.edit import DocumentEdit, Edits
from reconciler.workflow.preview import ProposedFile
from tests.cli.running import GROUP, PARTNER, TODAY, Place

MORE = dedent(GROUP)
BOTH = f"{MORE.replace('tracking}', 'rates}')}---\n{MORE.replace('tracking}', 'labels}')}"
OPTIONS = EditOptions(config=None, day=TODAY, dry_run=False)
DIFFERENCE = """\
--- access-groups/tracking.yaml
+++ /dev/null
@@ -1,8 +0,0 @@
-apiVersion: reconciler/v1
-kind: AccessGroup
-metadata: {name: tracking}
-spec:
-  displayName: Tracking
-  owner: logistics
-  apis: [tracking-v2]
-  offers: [{type: reseller}]
--- partners/acme.yaml
+++ partners/acme.yaml
@@ -7,7 +7,7 @@
   owner: partnerships
   agreement: MSA-1
   domains: [acme.example]
-  access: [tracking]
+  access: [labels]
   teams:
     - name: ops
       admins: [ana@acme.example]
"""


@pytest.fixture
def groups(place: Place) -> Place:
    """The repository with two more groups in one file."""
    return place.write(**{"access-groups__more": BOTH})


def replace_tracking(files: Files) -> Edits:
    """Remove a group, and give its partner another one: neither is valid without the other."""
    return Edits(
        (
            DocumentEdit(files.document("AccessGroup", "tracking"), None),
            DocumentEdit(files.document("Partner", "acme"), [Put(("spec",), "access", ["labels"])]),
        )
    )


def texts(folder: Path) -> dict[str, str]:
    """Return all files, hidden ones included."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and ".reconciler" not in path.parts
    }


def test_several_files_are_changed_together(groups: Place, capsys: pytest.CaptureFixture[str]) -> None:
    before = texts(groups.folder)

    code = edit_files(OPTIONS, replace_tracking)

    printed = capsys.readouterr()
    assert (code, printed.out, printed.err) == (
        0,
        "access-groups/tracking.yaml\npartners/acme.yaml\n",
        DIFFERENCE,
    )
    del before["access-groups/tracking.yaml"]
    before["partners/acme.yaml"] = before["partners/acme.yaml"].replace("[tracking]", "[labels]")
    assert texts(groups.folder) == before
    assert groups.run("validate").code == 0


def test_a_dry_run_shows_the_difference_and_writes_nothing(
    groups: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    before = texts(groups.folder)

    code = edit_files(EditOptions(config=None, day=TODAY, dry_run=True), replace_tracking)

    assert (code, capsys.readouterr(), texts(groups.folder)) == (0, (DIFFERENCE, ""), before)


def test_nothing_is_written_that_does_not_validate(groups: Place) -> None:
    before = texts(groups.folder)

    with pytest.raises(InputError) as refused:
        edit_files(OPTIONS, lambda files: Edits(replace_tracking(files).documents[:1]))

    assert (refused.value.message, texts(groups.folder)) == (
        (
            "access-groups/tracking.yaml was not changed:\n"
            'partners/acme.yaml:10:12: access group "tracking" is not defined in any file; '
            "the access groups: labels, rates"
        ),
        before,
    )


def test_documents_of_one_file_are_edited_and_removed_beside_new_files(groups: Place) -> None:
    def edits(files: Files) -> Edits:
        rates, labels = (files.document("AccessGroup", name) for name in ("rates", "labels"))
        bolt = dedent(PARTNER).replace("acme", "bolt").replace("[tracking]", "[labels]")
        return Edits(
            (
                DocumentEdit(rates, None),
                DocumentEdit(labels, [Append(("spec", "offers"), {"partner": "bolt"})]),
            ),
            (ProposedFile("partners/bolt.yaml", None, bolt),),
        )

    assert edit_files(OPTIONS, edits) == 0
    assert groups.run("list", "partners").out.count("bolt") > 0
    assert (groups.folder / "access-groups/more.yaml").read_text() == BOTH[BOTH.index("---") :].replace(
        "[{type: reseller}]", "[{type: reseller}, {partner: bolt}]"
    )


def test_a_file_that_changes_meanwhile_is_not_overwritten(groups: Place) -> None:
    changed = "# another program\n"

    def edits(files: Files) -> Edits:
        (groups.folder / "access-groups/tracking.yaml").write_text(changed)
        return replace_tracking(files)

    with pytest.raises(InputError) as refused:
        edit_files(OPTIONS, edits)

    assert refused.value.message == "access-groups/tracking.yaml was changed by another program just now"
    assert (groups.folder / "access-groups/tracking.yaml").read_text() == changed


def test_paths_are_relative_to_the_current_folder(groups: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(groups.folder / "partners")

    ran = groups.run("grant", "acme/ops", "labels", "--dry-run", "--today", TODAY)

    assert (ran.code, ran.out.splitlines()[:2]) == (0, ["--- acme.yaml", "+++ acme.yaml"])
    assert groups.run("grant", "acme/ops", "labels", "--today", TODAY).out == "acme.yaml\n"


def test_a_dry_run_that_does_not_validate_shows_the_difference_too(groups: Place) -> None:
    ran = groups.run("grant", "acme", "label", "--dry-run", "--today", TODAY)

    assert (ran.code, "+  access: [tracking, label]" in ran.out, ran.err) == (
        1,
        True,
        (
            "Error: partners/acme.yaml was not changed:\n"
            'access group "label" is not defined in any file; did you mean "labels"?\n'
        ),
    )
