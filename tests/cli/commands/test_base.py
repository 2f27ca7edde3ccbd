import json
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from reconciler.model.portal import TextLimit
from reconciler.portals.embedded.adapter import CAPABILITIES
from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place, Ran, copied

OLA = PARTNER + "      members: [ola@acme.example]\n"
BOLT = PARTNER.replace("name: acme}", "name: bolt}").replace("Acme", "Bolt")
OLA_HERSELF = "ola@acme.example"
ADDED = "membership/acme/ops/ola@acme.example"


def git(folder: Path, *arguments: str) -> str:
    settings = (
        "-c",
        "user.name=Ana",
        "-c",
        "user.email=ana@our-company.example",
        "-c",
        "commit.gpgsign=false",
    )
    ran = subprocess.run(
        ["git", "-C", str(folder), *settings, *arguments], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


@pytest.fixture
def repository(place: Place, prepared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A repository whose main is applied, with a branch checked out."""
    if "applied" not in prepared:
        _apply(place)
        prepared["applied"] = copied(place.folder, tmp_path_factory.mktemp("applied"))
    else:
        copied(prepared["applied"], place.folder)
    return place


def _apply(place: Place) -> None:
    (place.folder / ".gitignore").write_text(".reconciler\n")
    git(place.folder, "init", "--quiet", "--initial-branch=main")
    committed(place, "Begin")
    place.run("apply", "--auto-approve")
    git(place.folder, "switch", "--quiet", "--create", "topic")


def committed(place: Place, message: str) -> None:
    git(place.folder, "add", "--all")
    git(place.folder, "commit", "--quiet", "--message", message)


def main_moves(place: Place, **texts: str | None) -> None:
    """Commit files to main, while the branch goes on without them."""
    git(place.folder, "switch", "--quiet", "main")
    place.write(**texts)
    committed(place, "Meanwhile")
    git(place.folder, "switch", "--quiet", "topic")


def planned(place: Place, *more: str) -> Any:
    ran = place.run("plan", "--base", "main", "--format", "json", *more)
    assert ran.code == 0, ran
    return json.loads(ran.out)


def ids(changes: list[dict[str, Any]]) -> list[str]:
    return [f"{change['action']} {change['id']}" for change in changes]


def test_a_branch_is_planned_apart_from_what_main_has_not_applied(repository: Place) -> None:
    git(repository.folder, "switch", "--quiet", "main")
    repository.write(partners__bolt=BOLT)
    committed(repository, "Add bolt")
    git(repository.folder, "switch", "--quiet", "topic")
    git(repository.folder, "merge", "--quiet", "main")

    made = planned(repository.write(partners__acme=OLA))

    assert (ids(made["changes"]), made["drift"]["changes"], made["coverage"]) == (
        ["update team/acme/ops", f"create {ADDED}"],
        [],
        {"partners": ["acme"], "accessGroups": [], "products": []},
    )
    assert made["source"]["base"] == git(repository.folder, "rev-parse", "main")


def test_what_main_did_meanwhile_is_no_deletion_of_the_branch(repository: Place) -> None:
    main_moves(repository, partners__bolt=BOLT)

    made = planned(repository.write(partners__acme=OLA))

    assert ids(made["changes"]) == ["update team/acme/ops", f"create {ADDED}"]
    assert made["drift"]["changes"] == []


def test_the_text_shows_drift_and_what_changes_in_the_files_alone(repository: Place) -> None:
    offered = GROUP.replace("offers: [{type: reseller}]", "offers: [{type: reseller}, {partner: bolt}]")
    repository.write(partners__acme=OLA, partners__bolt=BOLT, **{"access-groups__tracking": offered})
    committed(repository, "Offer it to bolt, and add Ola")
    base = git(repository.folder, "rev-parse", "HEAD")
    repository.write(
        reconciler=CONFIGURATION + "  rules: {until-missing: error}\n",
        partners__acme=OLA.replace("name: acme}", "name: acme, labels: {tier: gold}}"),
    )

    ran = repository.run("plan", "--base", base)

    risks, alone, drift, required, end = ran.out.split("\n\n")
    assert risks.splitlines() == [
        "Risks",
        "  low  Setting tightened: setting `rules.until-missing` is now `error` (was not set)",
    ]
    assert alone.splitlines() == [
        "File-only changes",
        "  configuration  rules.until-missing  default (warning) → error",
    ]
    assert drift.startswith("Drift (not changed by this plan)\n")
    assert (drift.count("ola@acme.example"), drift.count("bolt")) == (1, 0)
    assert required == "Required approvals\n  partnerships  rules.until-missing of configuration"
    found, covered, last = end.splitlines()
    assert found.startswith("partners/bolt.yaml:9:13: note: ")
    assert covered == "Compared with the portal: partner acme, which this branch changes."
    assert last == "No changes."


def test_offers_exceptions_and_the_catalog_are_changes_of_the_files(repository: Place) -> None:
    excepted = PARTNER.replace(
        "{name: acme}",
        "{name: acme, exceptions: [{rule: admin-count, reason: three shifts, until: 2027-06-30}]}",
    )
    repository.write(
        partners__acme=excepted,
        catalog=CATALOG.replace("owner: logistics", "owner: logistics, visibility: public"),
        **{
            "access-groups__tracking": GROUP.replace(
                "{type: reseller}", "{type: reseller}, {type: contractor, maxDays: 400}"
            )
        },
    )

    made = planned(repository)

    assert [(each["about"], each["path"], each["before"], each["after"]) for each in made["fileChanges"]] == [
        (
            "access-group/tracking",
            "offers",
            [{"type": "reseller", "level": "consume"}],
            [
                {"type": "reseller", "level": "consume"},
                {"type": "contractor", "level": "consume", "maxDays": 400},
            ],
        ),
        ("api/tracking-v2", "visibility", "restricted", "public"),
        (
            "partner/acme",
            "exceptions",
            None,
            [{"rule": "admin-count", "reason": "three shifts", "until": "2027-06-30"}],
        ),
    ]
    assert [(each["source"]["file"], each["source"]["line"]) for each in made["fileChanges"]] == [
        ("access-groups/tracking.yaml", 8),
        ("catalog.yaml", 5),
        ("partners/acme.yaml", 3),
    ]


def test_a_branch_cannot_switch_off_a_rule_or_send_the_token_elsewhere(repository: Place) -> None:
    lax = CONFIGURATION.replace(
        "away: {type: embedded",
        "elsewhere: {type: embedded, database: other.db}\n        away: {type: embedded",
    )
    repository.write(
        reconciler=lax + "  rules: {agreement-missing: 'off'}\n",
        partners__acme=OLA.replace("agreement: MSA-1\n", "until: 2027-01-31\n"),
    )

    denied = repository.run("plan", "--base", "main")
    unknown = repository.run("plan", "--base", "main", "--portal", "elsewhere")

    assert (denied.code, "[agreement-missing]" in denied.out) == (3, True)
    assert (unknown.code, 'portal "elsewhere" is not defined in reconciler.yaml' in unknown.err) == (1, True)


def test_a_branch_may_name_new_owners_and_paths_but_not_change_those_there_are(repository: Place) -> None:
    git(repository.folder, "mv", "partners", "people")
    moved = CONFIGURATION.replace("partners: [Partner]", "people: [Partner]").replace(
        "owners: {", "owners: {sales: {email: sales@our-company.example}, "
    )
    repository.write(reconciler=moved, people__acme=OLA.replace("owner: partnerships", "owner: sales"))

    made = planned(repository)

    assert ids(made["changes"]) == ["update partner/acme", "update team/acme/ops", f"create {ADDED}"]
    assert [each["path"] for each in made["fileChanges"]] == [
        "owners.sales",
        "paths.partners",
        "paths.people",
    ]


def test_what_needs_drift_ends_with_4_and_names_it(repository: Place) -> None:
    repository.write(partners__bolt=BOLT)
    committed(repository, "Add bolt")
    base = git(repository.folder, "rev-parse", "HEAD")
    repository.write(partners__bolt=BOLT + "      members: [ola@acme.example]\n")

    ran = repository.run("plan", "--base", base)

    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        "Error: team/bolt/ops changes on this branch and has an earlier change that is merged but not"
        " applied, or was changed in the portal\n"
        "Hint: apply what is merged first (`reconciler apply` on the base branch), or plan without --base\n"
    )


def test_apply_writes_the_branch_and_leaves_the_drift(repository: Place) -> None:
    repository.write(partners__bolt=BOLT)
    committed(repository, "Add bolt")
    base = git(repository.folder, "rev-parse", "HEAD")
    repository.write(partners__acme=OLA)
    digest = json.loads(repository.run("plan", "--base", base, "--format", "json").out)["digest"]

    applied = repository.run("apply", "--base", base, "--approved", digest, "--format", "json")

    assert (applied.code, [each["id"] for each in json.loads(applied.out)["entries"]]) == (
        0,
        ["team/acme/ops", ADDED],
    )
    assert json.loads(repository.run("plan", "--format", "json").out)["summary"]["create"] == 4


def test_before_and_after_the_merge_the_digest_is_the_same(repository: Place) -> None:
    main_moves(repository, partners__bolt=BOLT)
    repository.write(partners__acme=OLA)
    committed(repository, "Add ola")
    reviewed = planned(repository)["digest"]
    git(repository.folder, "switch", "--quiet", "main")
    git(repository.folder, "merge", "--quiet", "--no-ff", "--message", "Merge", "topic")

    merged = json.loads(repository.run("plan", "--base", "HEAD^1", "--format", "json").out)["digest"]

    assert merged == reviewed


def test_a_base_whose_files_cannot_be_read_makes_a_full_plan_that_says_so(repository: Place) -> None:
    repository.write(partners__acme="apiVersion: [\n")
    committed(repository, "Break it")
    base = git(repository.folder, "rev-parse", "HEAD")
    repository.write(partners__acme=OLA)

    made = json.loads(repository.run("plan", "--base", base, "--format", "json").out)

    assert says_full_plan(made, " has errors in its files (partners/acme.yaml:")
    assert ids(made["changes"]) == ["update team/acme/ops", f"create {ADDED}"]


def test_a_branch_that_began_before_main_was_repaired_is_planned_by_mains_configuration(
    repository: Place,
) -> None:
    repository.write(reconciler="kind: Configuration\n")
    committed(repository, "Break it")
    git(repository.folder, "branch", "--force", "main")
    main_moves(repository, reconciler=CONFIGURATION)
    repository.write(reconciler=CONFIGURATION, partners__acme=OLA)

    assert says_full_plan(planned(repository), " has errors in its files (reconciler.yaml:")


def says_full_plan(made: Any, problem: str) -> bool:
    (found,) = [each for each in made["findings"] if each["rule"] == "full-plan"]
    return (found["severity"], problem in found["message"], made["source"]["base"]) == ("warning", True, None)


def test_a_configuration_in_a_folder_of_its_own_finds_its_base(
    repository: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = repository.folder / "portal access"
    folder.mkdir()
    for name in ("partners", "access-groups", "catalog.yaml", "reconciler.yaml"):
        git(repository.folder, "mv", name, str(folder))
    committed(repository, "Move")
    base = git(repository.folder, "rev-parse", "HEAD")
    monkeypatch.chdir(folder)
    (repository.folder / ".reconciler").rename(folder / ".reconciler")
    Place(folder, repository._capsys).write(partners__acme=OLA)  # noqa: SLF001  the same capture

    made = json.loads(repository.run("plan", "--base", base, "--format", "json").out)

    assert ids(made["changes"]) == ["update team/acme/ops", f"create {ADDED}"]


def test_a_shallow_clone_is_told_to_fetch_its_history(
    repository: Place, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write(partners__acme=OLA)
    committed(repository, "Add ola")
    main_moves(repository, partners__bolt=BOLT)
    clone = tmp_path_factory.mktemp("clone") / "shallow"
    git(
        repository.folder,
        "clone",
        "--quiet",
        "--depth=1",
        "--no-single-branch",
        f"file://{repository.folder}",
        str(clone),
    )
    monkeypatch.chdir(clone)

    ran = repository.run("plan", "--base", "origin/main")

    assert ran.code == 1
    assert ran.err == (
        "Error: --base: no merge base of this branch and origin/main was found\n"
        "Hint: the clone is shallow: fetch its history, as `git fetch --unshallow` or `fetch-depth: 0` do\n"
    )


@pytest.mark.parametrize("ref", ["nowhere", "--help", "main:partners", ""])
def test_a_ref_that_is_no_commit_is_an_error(repository: Place, ref: str) -> None:
    ran = repository.run("plan", f"--base={ref}")

    assert (ran.code, f'--base: "{ref}" is not a commit here' in ran.err) == (1, True)


def test_without_a_repository_a_base_is_an_error(place: Place) -> None:
    ran = place.run("plan", "--base", "main")

    assert (ran.code, "is not in one" in ran.err) == (1, True)


def test_base_does_not_go_with_what_has_ended(place: Place) -> None:
    ran: Ran = place.run("apply", "--base", "main", "--only-expired")

    assert (ran.code, "exclude each other" in ran.err) == (1, True)


def test_a_plan_of_a_branch_is_applied_with_the_base_that_it_was_made_with(repository: Place) -> None:
    repository.write(partners__acme=OLA).run("plan", "--base", "main", "--out", "plan.json")
    repository.write(partners__acme=None)

    ran = repository.run("apply", "plan.json", "--base", "main")

    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Applied 2.")


def test_a_base_without_a_configuration_governs_no_plan(repository: Place) -> None:
    repository.run("plan", "--base", "main", "--out", "plan.json")
    git(repository.folder, "rm", "--quiet", "--cached", "reconciler.yaml")
    git(repository.folder, "commit", "--quiet", "--message", "Lose it")

    ran = repository.run("apply", "plan.json", "--base", "topic")

    assert (ran.code, ran.err.splitlines()[0]) == (1, "Error: topic has no configuration: reconciler.yaml")


def test_files_alone_are_compared_without_a_portal_and_applied_nowhere(repository: Place) -> None:
    repository.write(partners__acme=OLA)
    away = ("--portal", "away", "--base", "main")

    ran = repository.run("plan", *away, "--files-only", "--out", "plan.json")
    applied = repository.run("apply", "plan.json", "--portal", "local")

    assert (ran.code, ran.out.splitlines()[2], f"+ member  {OLA_HERSELF}" in ran.out) == (
        0,
        "Compared with files, not with the portal; the current state of the portal is not included.",
        True,
    )
    assert ids(json.loads((repository.folder / "plan.json").read_bytes())["changes"]) == [
        "update team/acme/ops",
        f"create {ADDED}",
    ]
    assert (applied.code, "the plan was made for another portal: files" in applied.err) == (4, True)


def test_files_alone_need_a_base_that_can_be_read(repository: Place) -> None:
    repository.write(reconciler="kind: Configuration\n")
    committed(repository, "Break it")
    repository.write(reconciler=CONFIGURATION)

    nowhere = CONFIGURATION.replace("      defaultPortal: local\n", "")
    without = repository.run("plan", "--files-only")
    broken = repository.run("plan", "--files-only", "--base", "HEAD")

    repository.write(reconciler=nowhere)
    committed(repository, "Name no portal")
    of_none = repository.run("plan", "--files-only", "--base", "HEAD", "--format", "json")

    assert (of_none.code, json.loads(of_none.out)["portal"]) == (0, "files")
    assert (
        without.code,
        "--files-only needs --base: it compares the files with those of the base." in without.err,
    ) == (1, True)
    assert (broken.code, "has errors in its files" in broken.err) == (1, True)


def test_an_api_that_is_new_on_a_branch_is_judged_by_what_the_portal_says_of_it(repository: Place) -> None:
    grown = CATALOG.replace(
        "apis: [", "apis: [{name: payments-v1, owner: logistics, visibility: restricted}, "
    )
    inside = (
        PARTNER.replace("name: acme}", "name: tills}")
        .replace("type: reseller", "type: internal")
        .replace("access: [tracking]", "access: [pay]")
    )
    pay = (
        GROUP.replace("name: tracking}", "name: pay}")
        .replace("owner: logistics", "owner: partnerships")
        .replace("[tracking-v2]", "[payments-v1]")
        .replace("type: reseller", "type: internal")
    )
    git(repository.folder, "switch", "--quiet", "main")
    repository.write(catalog=grown)
    repository.run("plan")
    git(repository.folder, "checkout", "--quiet", "--", "catalog.yaml")
    git(repository.folder, "switch", "--quiet", "topic")
    claimed = grown.replace(
        "name: payments-v1, owner: logistics, visibility: restricted",
        "name: payments-v1, owner: partnerships, visibility: organization",
    )
    repository.write(catalog=claimed, partners__tills=inside, **{"access-groups__pay": pay})

    ran = repository.run("plan", "--base", "main", "--format", "json")

    made = json.loads(ran.out)
    assert (ran.code, "internal-isolation" in {each["rule"] for each in made["findings"]}) == (3, True)
    assert [(each["about"], each["path"], each["before"], each["after"]) for each in made["fileChanges"]][
        :2
    ] == [
        ("access-group/pay", "offers", None, [{"type": "internal", "level": "consume"}]),
        ("api/payments-v1", "owner", "logistics", "partnerships"),
    ]
    assert "logistics" in {each["owner"] for each in made["approvals"]}


def test_an_api_that_a_branch_calls_its_own_is_still_its_owners(repository: Place) -> None:
    repository.write(catalog=CATALOG.replace("owner: logistics", "owner: partnerships"))

    made = planned(repository)

    assert [(each["owner"], each["reason"]) for each in made["approvals"]] == [
        ("logistics", "changes owner of api/tracking-v2"),
        ("partnerships", "changes owner of api/tracking-v2"),
    ]


def test_owners_that_a_branch_names_in_the_catalog_must_exist(repository: Place) -> None:
    claimed = "owner: nobody, bundledBy: [partnerships, noone]"
    repository.write(catalog=CATALOG.replace("owner: logistics", claimed))

    ran = repository.run("validate", "--base", "main", "--format", "json")

    found = json.loads(ran.out)["findings"]
    assert ran.code == 1
    assert [(each["rule"], each["line"], each["message"]) for each in found] == [
        ("unknown-reference", 5, 'owner "nobody" is not defined in the configuration'),
        ("unknown-reference", 5, 'owner "noone" is not defined in the configuration'),
    ]


def test_the_configurations_first_owner_is_asked_about_it_and_no_branch_names_another(
    repository: Place,
) -> None:
    mine = CONFIGURATION.replace("owners: {", "owners: {aaa: {email: aaa@our-company.example}, ")
    repository.write(reconciler=mine)

    made = planned(repository)

    assert [(each["owner"], each["reason"]) for each in made["approvals"]] == [
        ("partnerships", "changes owners.aaa of configuration")
    ]


def test_a_saved_plan_of_a_branch_is_let_through_by_its_bases_configuration_alone(repository: Place) -> None:
    repository.write(partners__acme=None)
    denied = repository.run("plan", "--base", "main", "--out", "plan.json")
    digest = json.loads((repository.folder / "plan.json").read_bytes())["digest"]
    allowed = CONFIGURATION + f"  guard: {{allow: ['{digest}']}}\n"
    repository.write(reconciler=allowed)

    applied = repository.run("apply", "plan.json", "--base", "main")

    assert (denied.code, applied.code, "nothing was written" in applied.err) == (3, 3, True)


@pytest.mark.parametrize("linked", ["partners", "partners/acme.yaml"])
def test_a_base_that_has_links_makes_a_full_plan(repository: Place, linked: str) -> None:
    link, moved = repository.folder / linked, repository.folder / "moved"
    link.rename(moved)
    link.symlink_to(moved)
    committed(repository, "Link")
    base = git(repository.folder, "rev-parse", "HEAD")
    link.unlink()
    moved.rename(link)
    repository.write(partners__acme=OLA)

    made = json.loads(repository.run("plan", "--base", base, "--format", "json").out)

    (told,) = [each for each in made["findings"] if each["rule"] == "full-plan"]
    assert ("is a symbolic link" in told["message"], ids(made["changes"])) == (
        True,
        ["update team/acme/ops", f"create {ADDED}"],
    )


@pytest.mark.parametrize("path", ["/etc", "..", "../x", "partners/../../x", '"a\\0b"'])
def test_a_base_whose_paths_lead_outside_makes_a_full_plan(repository: Place, path: str) -> None:
    repository.write(
        reconciler=CONFIGURATION.replace("paths: {partners: [Partner]", f"paths: {{{path}: [Partner]")
    )
    committed(repository, "Lead outside")
    base = git(repository.folder, "rev-parse", "HEAD")
    repository.write(reconciler=CONFIGURATION, partners__acme=OLA)

    made = json.loads(repository.run("plan", "--base", base, "--format", "json").out)

    (told,) = [each for each in made["findings"] if each["rule"] == "full-plan"]
    assert ("is absolute" if path == "/etc" else "is outside the repository") in told["message"]


def test_what_ends_by_its_date_goes_with_the_team_that_a_branch_takes_out(repository: Place) -> None:
    ending = PARTNER + "      access: [{group: tracking, until: 2026-11-30}]\n"
    ending = ending.replace("      access: [tracking]\n", "")
    git(repository.folder, "switch", "--quiet", "main")
    repository.write(partners__acme=ending + "        - {name: web, admins: [ana@acme.example]}\n")
    committed(repository, "Let it end")
    repository.run("apply", "--auto-approve")
    git(repository.folder, "switch", "--quiet", "topic")
    git(repository.folder, "merge", "--quiet", "main")
    gone = ending.replace("name: ops", "name: web").replace(
        "      access: [{group: tracking, until: 2026-11-30}]\n", ""
    )
    repository.write(partners__acme=gone)

    days = [
        json.loads(repository.run("plan", "--base", "main", "--format", "json", "--today", day).out)
        for day in ("2026-11-24", "2026-12-24")
    ]

    assert [ids(made["changes"]) for made in days] == [
        [
            "delete grant/tracking/team/acme/ops",
            "delete membership/acme/ops/ana@acme.example",
            "delete team/acme/ops",
        ]
    ] * 2
    assert len({made["digest"] for made in days}) == 1


LAPSED = BOLT.replace(
    "metadata: {name: bolt}",
    "metadata: {name: bolt, exceptions: [{rule: admin-domain, reason: pilot, until: 2026-01-31}]}",
)


def test_what_the_base_is_blamed_for_denies_no_branch_and_still_denies_a_full_plan(repository: Place) -> None:
    main_moves(repository, partners__bolt=LAPSED)
    git(repository.folder, "merge", "--quiet", "main")
    repository.write(partners__acme=OLA)
    base = ("--base", "main", "--format", "json")

    validated, checked = repository.run("validate", *base), repository.run("validate")
    made, full = repository.run("plan", *base), repository.run("plan")
    found = json.loads(validated.out)

    assert (validated.code, checked.code, made.code, full.code) == (0, 3, 0, 3)
    assert found["summary"]["errors"] == 0
    assert [
        (each["rule"], each["severity"], each["inBase"], each["message"])
        for each in json.loads(made.out)["findings"]
        if each["rule"] == "admin-domain"
    ] == [
        (
            "admin-domain",
            "info",
            True,
            ("the exception from admin-domain ended on 2026-01-31 (not new: the base has this finding too)"),
        )
    ]


def test_what_a_branch_adds_to_what_the_base_is_blamed_for_still_denies_it(repository: Place) -> None:
    main_moves(repository, partners__bolt=LAPSED)
    git(repository.folder, "merge", "--quiet", "main")
    repository.write(partners__acme=LAPSED.replace("name: bolt", "name: acme").replace("Bolt", "Acme"))

    assert (
        repository.run("validate", "--base", "main").code,
        repository.run("plan", "--base", "main").code,
    ) == (
        3,
        3,
    )


RENAMED = CONFIGURATION.replace("name: our-company", "name: halden")


def test_a_branch_that_renames_the_configuration_is_told_what_follows(repository: Place) -> None:
    repository.write(reconciler=RENAMED)
    found = [each for each in planned(repository)["findings"] if each["rule"] == "owner-label-changes"]

    assert [(each["severity"], each["line"], each["message"], each["hint"]) for each in found] == [
        (
            "warning",
            3,
            (
                'metadata.name changes from "our-company" to "halden": after the merge, everything labelled'
                ' "our-company" in the portal is unmanaged, and plans are denied'
            ),
            "run `reconciler adopt --from our-company` right after the merge, for each portal",
        )
    ]


def test_what_had_the_configurations_former_name_is_adopted_with_one_command(repository: Place) -> None:
    repository.write(reconciler=RENAMED)

    denied = repository.run("plan")
    adopted = repository.run("adopt", "--from", "our-company", "--auto-approve")
    after = repository.run("plan")

    assert (denied.code, adopted.code, after.code, "No changes." in after.out) == (3, 0, 0, True)
    assert (
        "if our-company is a former name of this configuration, use `reconciler adopt --from our-company`"
        in denied.out
    )


def test_a_label_that_nothing_has_is_an_error_that_names_the_others(repository: Place) -> None:
    repository.write(reconciler=RENAMED)
    ran = repository.run("adopt", "--from", "nobody", "--auto-approve")
    own = repository.run("adopt", "--from", "halden", "--auto-approve")

    assert (ran.code, own.code) == (1, 1)
    assert 'nothing in the portal has the owner label "nobody"' in ran.err
    assert "other owner labels in the portal: our-company" in ran.err
    assert '"halden" is the owner label of this configuration' in own.err


def test_what_the_base_asks_of_a_portal_in_vain_denies_no_branch(
    repository: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = msgspec.structs.replace(CAPABILITIES, limits={"partner.displayName": TextLimit(3)})
    monkeypatch.setattr("reconciler.portals.embedded.CAPABILITIES", limited)
    asked = ("validate", "--base", "main", "--portal", "away", "--format", "json")
    old = repository.run(*asked)
    repository.write(partners__bolt=BOLT)
    new = repository.run(*asked)

    def known(ran: Ran) -> list[bool]:
        return [each["inBase"] for each in json.loads(ran.out)["findings"] if each["rule"] == "unsupported"]

    assert ((old.code, known(old)), (new.code, known(new))) == ((0, [True]), (3, [True, False]))


def test_a_limit_that_the_branch_changes_is_reported_as_that_of_the_base(repository: Place) -> None:
    strict = CONFIGURATION + "  guard: {peopleLosing: {count: 0, percent: 0}}\n"
    main_moves(repository, reconciler=strict)
    git(repository.folder, "merge", "--quiet", "main")
    without = repository.write(partners__acme=PARTNER.replace("access: [tracking]", "access: []"))

    as_main = without.run("plan", "--base", "main").out
    branch = without.write(reconciler=strict.replace("count: 0", "count: 100"))
    changed = branch.run("plan", "--base", "main").out

    limit = "at most 0 may (the larger of 0 and 0 %): ana@acme.example"
    note = " (spec.guard of the base branch counts; its change on this branch has no effect yet)"
    assert [
        [line.partition(": error: ")[0] for line in found.splitlines() if f"{limit}{end};" in line]
        for found, end in ((as_main, ""), (changed, note))
    ] == [["reconciler.yaml:11:10"], ["reconciler.yaml:11:10"]]


def test_files_are_compared_for_all_portals_unless_one_is_named(repository: Place) -> None:
    repository.write(partners__acme=PARTNER.replace("name: acme}", "name: acme, portals: [away]}"))
    committed(repository, "limited")
    repository.write(
        partners__acme=PARTNER.replace("name: acme}", "name: acme, portals: [away]}").replace("Acme\n", "A\n")
    )

    assert [
        ids(json.loads(ran.out)["changes"])
        for options in ((), ("--portal", "local"), ("--portal", "away"))
        for ran in (repository.run("plan", "--base", "HEAD", "--files-only", "--format", "json", *options),)
    ] == [["update partner/acme"], [], ["update partner/acme"]]


def test_the_portals_of_a_document_are_a_change_of_the_files(repository: Place) -> None:
    repository.write(partners__acme=PARTNER.replace("name: acme}", "name: acme, portals: [local]}"))
    made = planned(repository)

    assert (
        [(each["about"], each["path"], each["before"], each["after"]) for each in made["fileChanges"]],
        [each["owner"] for each in made["approvals"]],
    ) == ([("partner/acme", "portals", None, ["local"])], ["partnerships"])


def test_files_are_judged_with_those_of_other_portals_where_the_portal_corrects_the_catalog(
    repository: Place,
) -> None:
    grown = CATALOG.replace("apis: [", "apis: [{name: payments-v1, owner: logistics}, ")
    git(repository.folder, "switch", "--quiet", "main")
    repository.write(catalog=grown)
    repository.run("plan")
    git(repository.folder, "checkout", "--quiet", "--", "catalog.yaml")
    git(repository.folder, "switch", "--quiet", "topic")
    repository.write(
        catalog=grown.replace("payments-v1, owner: logistics", "payments-v1, owner: partnerships"),
        partners__beta=PARTNER.replace("name: acme}", "name: beta, portals: [away]}")
        .replace("domains: [acme.example]", "domains: [beta.example]")
        .replace("ana@acme", "ana@beta"),
        **{"access-groups__tracking": GROUP.replace("{type: reseller}", "{type: reseller}, {partner: beta}")},
    )
    made = planned(repository, "--portal", "local")

    assert (
        [(each["about"], each["path"]) for each in made["fileChanges"]],
        [each["message"] for each in made["findings"] if each["rule"] == "unknown-reference"],
    ) == ([("access-group/tracking", "offers"), ("api/payments-v1", "owner")], [])
