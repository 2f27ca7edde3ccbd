from textwrap import dedent

import pytest

from tests.cli.git.commits import git
from tests.cli.running import TODAY, Place, Ran

ACME = """\
    apiVersion: reconciler/v1
    kind: Partner
    metadata: {name: acme}
    spec:
      type: reseller
      displayName: Acme
      owner: partnerships
      agreement: MSA-1
      domains: [acme.example]
      access:
        - tracking # for everybody
      teams:
        # They run it.
        - name: ops
          admins: [ana@acme.example]
          members:
            - bo@acme.example # until his leave
            - {email: cy@acme.example, until: 2027-01-31}
        - name: web
          admins: [di@acme.example]
    """
GROUPS = """\
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: tracking}
    spec:
      displayName: Tracking
      owner: logistics
      apis: [tracking-v2]
      offers: [{type: reseller}]
    ---
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: labels}
    spec:
      displayName: Labels
      owner: logistics
      offers: [{type: reseller, maxDays: 100}]
    ---
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: rates}
    spec:
      displayName: Rates # as sold
      owner: logistics
      apis: [rates-v1, tracking-v2]
      grants:
        - {developer: sam@indie.example, until: 2027-03-31, reason: API-1} # by phone
    """
CATALOG = """\
    apiVersion: reconciler/v1
    kind: Catalog
    metadata: {name: catalog}
    spec:
      apis: [{name: tracking-v2, owner: logistics}, {name: rates-v1, owner: logistics}]
    """


@pytest.fixture
def applied(place: Place) -> Place:
    """A portal that matches the files."""
    place.write(catalog=CATALOG, partners__acme=ACME, **{"access-groups__tracking": GROUPS})
    place.run("apply", "--auto-approve")
    return place


def texts(*replaced: tuple[str, str]) -> dict[str, str]:
    """The files, in which some texts are replaced."""
    partner, groups = dedent(ACME), dedent(GROUPS)
    for old, new in replaced:
        assert old in partner + groups
        partner, groups = partner.replace(old, new), groups.replace(old, new)
    return {"partners/acme.yaml": partner, "access-groups/tracking.yaml": groups}


def by_hand(place: Place, *replaced: tuple[str, str]) -> None:
    """Change the portal, as if by hand: apply other files, and put back those that were there."""
    for file, text in texts(*replaced).items():
        (place.folder / file).write_text(text)
    assert place.run("apply", "--auto-approve").code == 0
    for file, text in texts().items():
        (place.folder / file).write_text(text)


def held(place: Place) -> dict[str, str]:
    return {each: (place.folder / each).read_text() for each in texts()}


def captured(place: Place, *arguments: str) -> Ran:
    return place.run("capture", "--today", TODAY, *arguments)


MEMBER = "        - bo@acme.example # until his leave\n"
WEB = "admins: [di@acme.example]"


def test_several_changes_are_captured_together_or_one_by_one(applied: Place) -> None:
    changes = (MEMBER, ""), (WEB, "admins: [di@acme.example, eve@acme.example]"), ("Rates #", "Freight #")
    by_hand(applied, *changes)

    first = captured(applied, "membership/acme/ops/bo@acme.example")
    second = captured(applied, "partner/acme")

    assert (first.code, first.out, second.code) == (0, "partners/acme.yaml\n", 0)
    assert held(applied) == texts(*changes[:2])
    assert captured(applied).out == "access-groups/tracking.yaml\n"
    assert held(applied) == texts(*changes)
    assert captured(applied) == Ran(0, "", "The files match the portal.\n")


def test_a_dry_run_only_shows_the_difference(applied: Place) -> None:
    by_hand(applied, ("Rates #", "Freight #"))

    ran = captured(applied, "--dry-run")

    assert (ran.code, [each for each in ran.out.splitlines() if each[:1] in {"-", "+"}][2:]) == (
        0,
        ["-  displayName: Rates # as sold", "+  displayName: Freight # as sold"],
    )
    assert held(applied) == texts()


def test_an_id_that_does_not_differ_is_an_error(applied: Place) -> None:
    by_hand(applied, (MEMBER, ""))

    ran = captured(applied, "partner/acne", "access-group/rates")

    assert (ran.code, ran.err) == (
        1,
        (
            "Error: partner/acne does not differ between the portal and the files;"
            ' did you mean "partner/acme"?\n'
            "access-group/rates does not differ between the portal and the files\n"
            "Hint: `reconciler plan` shows what differs\n"
        ),
    )


TEAM = """\
    # They run it.
    - name: ops
      admins: [ana@acme.example]
      members:
        - bo@acme.example # until his leave
        - {email: cy@acme.example, until: 2027-01-31}
"""


@pytest.mark.parametrize(
    ("live", "files", "refused"),
    [
        (
            (TEAM, ""),
            (),
            (
                "team/acme/ops: it is not in the portal;"
                " apply creates it; to keep it out, end it or delete it from the files"
            ),
        ),
        (
            (MEMBER, MEMBER),
            (TEAM, ""),
            "team/acme/ops: it is not in any file; restore its file, or write one with `reconciler export`",
        ),
        (
            (MEMBER, MEMBER),
            ("domains: [acme.example]", "domains: [acme.example]\n  status: suspended"),
            "grant/tracking/team/acme/ops: the files suspend its partner; use `reconciler resume` first",
        ),
        (
            (MEMBER, MEMBER),
            (MEMBER, "        - {email: bo@acme.example, until: 2026-11-01}\n"),
            (
                "membership/acme/ops/bo@acme.example: its last day in the files has passed;"
                " give it a later end in the files"
            ),
        ),
    ],
)
def test_what_the_files_cannot_follow_is_refused_with_the_reason(
    applied: Place, live: tuple[str, str], files: tuple[str, str] | tuple[()], refused: str
) -> None:
    by_hand(applied, live)
    wanted = texts(files) if files else texts()
    for file, text in wanted.items():
        (applied.folder / file).write_text(text)

    ran = captured(applied)
    only = captured(applied, refused.partition(":")[0])

    assert (ran.code, f"Not captured: {refused}" in ran.err.splitlines()) == (0, True), ran.err
    assert (only.code, refused in only.err.splitlines()) == (1, True), only.err
    assert held(applied) == wanted


def test_access_of_all_teams_is_not_changed_for_one_of_them(applied: Place) -> None:
    by_hand(
        applied,
        ("  access:\n    - tracking # for everybody\n", ""),
        (WEB, f"{WEB}\n      access: [tracking]"),
    )

    ran = captured(applied)

    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[0] == (
        "Not captured: grant/tracking/team/acme/ops: all teams of acme have the group by"
        " partners/acme.yaml:11:7; in the files, give it to single teams instead"
    )


def test_changes_that_are_not_committed_are_not_undone(applied: Place) -> None:
    git(applied.folder, "init", "--quiet")
    git(applied.folder, "add", "partners", "access-groups")
    git(applied.folder, "commit", "--quiet", "--message", "Begin")
    by_hand(applied, ("Rates #", "Freight #"))
    path = applied.folder / "access-groups" / "tracking.yaml"
    text = path.read_text()
    path.write_text(text.replace("displayName: Labels", "displayName: Stickers"))

    refused = captured(applied)
    unchanged = path.read_text()
    shown = captured(applied, "--dry-run")
    chosen = captured(applied, "access-group/rates")
    path.write_text(text)
    committed = captured(applied)

    assert refused == Ran(
        1,
        "",
        "Error: no file was changed, because there are changes that are not committed:"
        " access-groups/tracking.yaml\n"
        "Hint: commit and apply them first, or name the IDs to capture; --dry-run shows the difference\n",
    )
    assert unchanged == text.replace("displayName: Labels", "displayName: Stickers")
    assert (shown.code, "-  displayName: Stickers" in shown.out) == (0, True)
    assert (chosen.code, chosen.out) == (0, "access-groups/tracking.yaml\n")
    assert (committed.code, committed.out) == (0, "access-groups/tracking.yaml\n")
