"""Take people out of all files, and block them wherever they could come back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

import click

from reconciler import edit
from reconciler.cli import console
from reconciler.cli.actions.access_scope import read_portal
from reconciler.cli.actions.edits.edit_files import EditOptions, Files, edit_files, require_readable
from reconciler.cli.runtime import run_async
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError
from reconciler.model.identity import canonical_email, domain_of
from reconciler.model.kinds import person_of
from reconciler.model.printable import printable
from reconciler.model.resource import Live
from reconciler.policy import looks
from reconciler.policy.enumeration import named
from reconciler.workflow.edit import Edits
from reconciler.workflow.offboard import Offboarding, offboard, remaining_in_portal
from reconciler.workflow.portal_scope import in_portal
from reconciler.workflow.sessions import choose_portals
from reconciler.workflow.validate import settings


class OffboardOptions(EditOptions, frozen=True, kw_only=True):
    """The options of `reconciler offboard`; `live` also reads the portals."""

    emails: tuple[str, ...]
    live: bool
    portals: tuple[str, ...]


def offboard_people(options: OffboardOptions) -> int:
    """Take people out of all files. Raises click.UsageError, InputError, PolicyError, PortalError."""
    if options.portals and not options.live:
        raise click.UsageError("--portal needs --live.")
    people = frozenset(map(_canonical, options.emails))
    notes: list[str] = []

    def edits(files: Files) -> Edits:
        require_readable(files.checked.findings, "name the person")
        lives = _read_portals(options, files) if options.live else {}
        found = offboard(files.repository.documents, people, lives.values())
        scope = settings(files.repository.configuration).metadata.name
        notes.extend(_in_directories(found))
        notes.extend(_without_admin(found))
        notes.extend(_unknown(people, found.known, lives.values()))
        notes.extend(_owners(people, files))
        notes.extend(_remaining(people, lives, scope))
        return found.edits

    code = edit_files(options, edits)
    for note in notes:
        console.log(printable(note))
    return code


def _canonical(email: str) -> str:
    """Return the canonical form of an address. Raises InputError for one that is not valid."""
    problem = edit.problem("admins", email)
    if problem is not None:
        raise InputError(problem.message, problem.hint)
    return canonical_email(email)


def _read_portals(options: OffboardOptions, files: Files) -> Mapping[str, Live]:
    """Return what each of the chosen portals holds. Raises InputError, PortalError."""
    path = find_configuration(options.config)
    names = choose_portals(files.repository.configuration, options.portals)

    async def read() -> dict[str, Live]:
        return {name: await read_portal(path, in_portal(files.checked, name), name, name) for name in names}

    return run_async(read())


def _in_directories(found: Offboarding) -> Iterable[str]:
    """Yield the groups that people have to leave: a block keeps them out only of the portal."""
    for each in found.in_directories:
        group = f'the group "{each.group}" of source {each.source}'
        what = f"Note: {each.person} is blocked in {each.team}, and still in {group}"
        yield f"{what}; remove the person there, or disable the account."


def _without_admin(found: Offboarding) -> Iterable[str]:
    for each in found.teams:
        who = (
            f"it could be {named(each.candidates)}"
            if each.candidates
            else "its partner has no other people in its file"
        )
        yield f"Warning: {each.team} has no admin any more; {who}."


def _unknown(people: Collection[str], known: Collection[str], lives: Collection[Live]) -> Iterable[str]:
    """Yield a note on each person whom nothing names, and on each other address that looks the same."""
    in_portals = {person_of(each) for live in lives for each in live.resources}
    alike: dict[str, list[str]] = {}
    for each in sorted(known):
        alike.setdefault(looks(each), []).append(each)
    for person in sorted(people):
        others = [each for each in alike.get(looks(person), ()) if each != person and each not in people]
        if others:
            shown = ", ".join(map(ascii, others))
            yield f"Warning: the files also have {shown}, which looks like {person!a} but is another address."
        elif person not in known and person not in in_portals:
            places = "any file or portal" if lives else "any file"
            otherwise = (
                "check the address." if lives else "check the address, or search the portal with --live."
            )
            yield f"Note: {person} is not in {places}; {similar(person, known) or otherwise}"


def similar(person: str, known: Collection[str]) -> str:
    """Return a question that names the address of the same domain that was probably meant, or nothing."""
    local, _, domain = person.rpartition("@")
    others = sorted(each.rpartition("@")[0] for each in known if domain_of(each) == domain)
    near = get_close_matches(local, others, 1)
    return f'did you mean "{near[0]}@{domain}"?' if near else ""


def _owners(people: Collection[str], files: Files) -> Iterable[str]:
    for name, entry in settings(files.repository.configuration).spec.owners.items():
        if canonical_email(entry.email) in people:
            yield f"Note: {entry.email} is the address of the owner {name} in the configuration."


def _remaining(people: Collection[str], lives: Mapping[str, Live], scope: str) -> Iterable[str]:
    for portal, live in lives.items():
        for person in sorted(people):
            left: Sequence[str] = remaining_in_portal(person, live, scope)
            if left:
                yield f"Warning: in {portal}, this is not managed here, and stays: {named(left)}."
