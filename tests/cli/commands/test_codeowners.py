import pytest

from tests.cli.running import CONFIGURATION, Place, Ran

BEGIN = (
    "# reconciler: begin\n"
    "# Written by `reconciler codeowners` from the owners in the files; other lines are yours.\n"
)
END = "# reconciler: end\n"
CALLED = CONFIGURATION.replace(
    "{email: p@our-company.example}", '{email: p@b.example, github: "@our/sales"}'
).replace(
    "{email: l@our-company.example}", '{email: l@b.example, github: "@our/logistics", gitlab: "@our/log"}'
)
BLOCK = (
    f"{BEGIN}/access-groups/ @our/sales\n/catalog.yaml @our/sales\n/partners/ @our/sales\n"
    f"/access-groups/tracking.yaml @our/logistics\n/.github/CODEOWNERS @our/sales\n"
    f"/reconciler.yaml @our/sales\n{END}"
)


@pytest.fixture
def owned(place: Place) -> Place:
    """A repository whose owners have handles."""
    return place.write(reconciler=CALLED)


def held(place: Place, name: str) -> str:
    return (place.folder / name).read_text()


def test_it_is_written_where_github_looks_first_and_then_fits(owned: Place) -> None:
    assert owned.run("codeowners") == Ran(0, ".github/CODEOWNERS\n")
    assert (held(owned, ".github/CODEOWNERS"), owned.run("codeowners", "--check")) == (BLOCK, Ran(0, ""))


@pytest.mark.parametrize("name", ["CODEOWNERS", "docs/CODEOWNERS"])
def test_one_that_is_there_is_kept_with_what_people_wrote(owned: Place, name: str) -> None:
    (owned.folder / "docs").mkdir()
    (owned.folder / name).write_text("* @us\n")

    assert owned.run("codeowners") == Ran(0, f"{name}\n")
    assert held(owned, name) == f"* @us\n\n{BLOCK}".replace("/.github/CODEOWNERS", f"/{name}")


def test_what_differs_is_shown_and_ends_with_1(owned: Place) -> None:
    owned.run("codeowners")
    owned.write(partners__bolt=held(owned, "partners/acme.yaml").replace("acme", "bolt"))
    owned.write(reconciler=CALLED.replace("@our/logistics", "@our/freight"))

    assert owned.run("codeowners", "--check") == Ran(
        1,
        "",
        "Error: .github/CODEOWNERS is not up to date:\n"
        "-/access-groups/tracking.yaml @our/logistics\n"
        "+/access-groups/tracking.yaml @our/freight\n"
        "Hint: run the same command without --check to write it\n",
    )
    assert held(owned, ".github/CODEOWNERS") == BLOCK


def test_one_that_is_missing_differs_in_every_line_of_which_few_are_shown(owned: Place) -> None:
    for number in range(30):
        text = held(owned, "access-groups/tracking.yaml").replace("tracking}", f"tracking-{number}}}")
        owned.write(**{f"access-groups__{number}": text})

    ran = owned.run("codeowners", "--check")

    assert (ran.code, len(ran.err.splitlines()), ran.err.splitlines()[-2]) == (1, 23, "and 19 more lines")
    assert not (owned.folder / ".github").exists()


def test_gitlab_is_recognized_and_whoever_it_cannot_ask_is_named(owned: Place) -> None:
    (owned.folder / ".gitlab-ci.yml").touch()

    assert owned.run("codeowners", "--default", "logistics") == Ran(
        0,
        ".gitlab/CODEOWNERS\n",
        'reconciler.yaml:6:26: warning: owner "partnerships" has no handle at GitLab '
        'and is not asked for reviews; write it as gitlab: "@our-company/partnerships"\n',
    )
    assert held(owned, ".gitlab/CODEOWNERS") == (
        f"{BEGIN}/access-groups/ @our/log\n/catalog.yaml @our/log\n/partners/ @our/log\n"
        f"/.gitlab/CODEOWNERS @our/log\n/reconciler.yaml @our/log\n{END}"
    )


@pytest.mark.parametrize("options", [[], ["--forge", "gitea"]])
def test_gitea_is_recognized_where_github_has_no_folder(owned: Place, options: list[str]) -> None:
    owned.write(reconciler=CALLED.replace("github:", "gitea:"))
    (owned.folder / ".gitea").mkdir()
    if options:
        (owned.folder / ".github").mkdir()

    assert owned.run("codeowners", *options) == Ran(0, ".gitea/CODEOWNERS\n")
    assert r"access-groups/tracking\\.yaml @our/logistics" in held(owned, ".gitea/CODEOWNERS")


def test_an_address_is_no_handle_at_gitea(owned: Place) -> None:
    owned.write(reconciler=CALLED.replace('github: "@our/sales"', 'gitea: "sales@b.example"'))
    ran = owned.run("codeowners", "--forge", "gitea", "--default", "logistics")

    assert 'owner "partnerships" has the invalid handle "sales@b.example" at Gitea' in ran.err


def test_github_is_chosen_against_what_stands_there(owned: Place) -> None:
    (owned.folder / ".gitlab").mkdir()

    assert owned.run("codeowners", "--forge", "github") == Ran(0, ".github/CODEOWNERS\n")


def test_paths_begin_at_the_root_of_git_wherever_the_files_stand(
    owned: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = owned.folder / "api access"
    inside.mkdir()
    for name in ("reconciler.yaml", "catalog.yaml", "partners", "access-groups"):
        (owned.folder / name).rename(inside / name)
    (owned.folder / ".git").mkdir()
    monkeypatch.chdir(inside / "partners")

    assert owned.run("codeowners") == Ran(0, ".github/CODEOWNERS\n")
    assert r"/api\ access/access-groups/tracking.yaml @our/logistics" in held(owned, ".github/CODEOWNERS")


def test_a_handle_that_is_none_obeys_nobody(place: Place) -> None:
    wrong = CONFIGURATION.replace("{email: p@our-company.example}", '{email: p@b.example, github: "@a * @b"}')
    ran = place.write(reconciler=wrong).run("codeowners")

    assert ran.err.splitlines()[0] == (
        'reconciler.yaml:6:55: warning: owner "partnerships" has the invalid handle "@a * @b" at '
        'GitHub and is not asked for reviews; write it as github: "@our-company/partnerships"'
    )


@pytest.mark.parametrize("check", [[], ["--check"]])
def test_a_file_that_would_ask_nobody_is_not_written(place: Place, check: list[str]) -> None:
    ran = place.run("codeowners", "--forge", "gitlab", *check)

    assert (ran.code, ran.err.splitlines()[-2:]) == (
        1,
        [
            "Error: no owner has a GitLab handle, so .gitlab/CODEOWNERS would ask nobody for a review",
            'Hint: give the owners in reconciler.yaml a handle: gitlab: "@our-company/TEAM"',
        ],
    )
    assert not (place.folder / ".gitlab").exists()


def test_a_default_that_nobody_is_is_refused(owned: Place) -> None:
    near, far = (owned.run("codeowners", "--default", name).err for name in ("logistic", "x"))

    said = "Error: --default: owner"
    assert (near, far) == (
        f'{said} "logistic" is not defined in reconciler.yaml\nHint: did you mean "logistics"?\n',
        f'{said} "x" is not defined in reconciler.yaml\nHint: known: partnerships, logistics\n',
    )


def test_wrong_files_write_nothing(owned: Place) -> None:
    owned.write(partners__bolt="kind: Partner")

    assert owned.run("codeowners") == Ran(
        1, "", "Error: the files have errors\nHint: run `reconciler validate` to see them\n"
    )
    assert not (owned.folder / ".github").exists()


def test_what_is_no_text_is_refused(owned: Place) -> None:
    (owned.folder / "CODEOWNERS").write_bytes(b"\xff")

    ran = owned.run("codeowners")

    assert (ran.code, ran.err) == (
        1,
        f"Error: {owned.folder}/CODEOWNERS is not UTF-8\nHint: save it as UTF-8\n",
    )


def test_more_than_github_reads_is_refused(owned: Place) -> None:
    (owned.folder / "CODEOWNERS").write_text("# as we have always had it\n" * 120_000)

    assert owned.run("codeowners") == Ran(
        1,
        "",
        "Error: CODEOWNERS would have 3.2 MB; GitHub ignores files of 3 MB or more\n"
        "Hint: set --default to the owner of most files, which then need no line of their own\n",
    )


def test_a_file_that_cannot_be_read_or_written_is_named(owned: Place) -> None:
    (owned.folder / ".github").mkdir()
    place = owned.folder / ".github" / "CODEOWNERS"
    place.mkdir()
    unread = owned.run("codeowners")
    place.rmdir()
    place.parent.rmdir()
    place.parent.touch()
    unwritten = owned.run("codeowners")

    assert (unread, unwritten) == (
        Ran(1, "", f"Error: {place} cannot be read: Is a directory\n"),
        Ran(1, "", f"Error: {place} cannot be read: Not a directory\n"),
    )
