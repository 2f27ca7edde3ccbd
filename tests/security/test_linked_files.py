"""A branch puts a link below `paths`, so that a partner changes and no file does that has an owner."""

from tests.cli.running import CONFIGURATION, PARTNER, Place, Ran


def test_a_branch_cannot_link_a_partner_to_a_file_without_an_owner(place: Place) -> None:
    place.write(notes=PARTNER.replace("ana@", "mallory@"), partners__acme=None)
    (place.folder / "partners" / "acme.yaml").symlink_to("../notes.yaml")

    ran = place.run("validate")

    said = "partners/acme.yaml is a symbolic link, and links are not followed"
    assert (ran.code, errors(ran)) == (1, [f"partners/acme.yaml: error: {said}"])


def test_a_branch_cannot_link_a_folder_of_partners(place: Place) -> None:
    place.write(notes__bolt=PARTNER)
    (place.folder / "partners" / "more").symlink_to("../notes")

    assert place.run("plan").code == 1


def test_a_branch_cannot_name_a_link_under_paths(place: Place) -> None:
    place.write(reconciler=CONFIGURATION.replace("partners: [Partner]", "linked/people: [Partner]"))
    (place.folder / "people").mkdir()
    (place.folder / "linked").symlink_to(".")

    ran = place.run("validate")

    said = (
        'the path "linked/people" goes through linked, which is a symbolic link, and links are not followed'
    )
    assert (ran.code, errors(ran)) == (1, [f"reconciler.yaml:5:11: error: {said}"])


def errors(ran: Ran) -> list[str]:
    return [
        line.partition(" [yaml]")[0].partition(";")[0] for line in ran.out.splitlines() if "error: " in line
    ]
