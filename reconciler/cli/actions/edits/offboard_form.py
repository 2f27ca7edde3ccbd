"""Take out the people that a form names, or list everything that is wrong with the answers."""

from collections.abc import Iterator, Sequence

import msgspec

from reconciler.cli import console
from reconciler.cli.actions.edits.edit_files import require_readable
from reconciler.cli.actions.edits.form_answers import form_text, problem_line
from reconciler.cli.actions.edits.offboard import OffboardOptions, offboard_people, similar
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.edit import REMOVAL_LABELS, read_removal_form
from reconciler.errors import InputError
from reconciler.model.document import Document, Partner
from reconciler.model.identity import canonical_email
from reconciler.model.partner_request import Problem, RemovalRequest
from reconciler.render.markdown.request_problems import problems as as_markdown
from reconciler.workflow.offboard import offboard
from reconciler.workflow.validate import check


def offboard_from_form(options: OffboardOptions, form: str, output_format: str) -> int:
    """Take people out, or print all problems and write nothing. Raises InputError, PolicyError, PortalError.

    An address without a place in the files is a problem here: it was probably mistyped in the form.
    """
    request, problems = read_removal_form(form_text(form))
    checked = check(find_configuration(options.config), options.today())
    require_readable(checked.findings, "name the person")
    if checked.repository is not None:
        problems += _unplaced(request, checked.repository.documents)
    if not problems:
        return offboard_people(msgspec.structs.replace(options, emails=request.people))
    if output_format == "markdown":
        console.print_document(as_markdown(problems, REMOVAL_LABELS))
        return InputError.exit_code
    lines = [problem_line(each, REMOVAL_LABELS) for each in problems]
    raise InputError("\n".join(["no file was changed:", *lines]))


def _unplaced(request: RemovalRequest, documents: Sequence[Document]) -> Iterator[Problem]:
    """Yield what is wrong with the partner, and with each person whom the files do not have there."""
    partners = {each.name for each in documents if isinstance(each.body, Partner)}
    partner = request.partner
    if partner and partner not in partners:
        yield Problem("partner", f'"{partner}" is not a partner', "choose one of the list")
        partner = ""
    for person in dict.fromkeys(map(canonical_email, request.people)):
        found = offboard(documents, frozenset({person}), ())
        places = [each.document for each in found.edits.documents]
        if not places:
            yield _already_out(person, found.known)
        elif partner and partner not in {each.name for each in places if isinstance(each.body, Partner)}:
            names = " and ".join(sorted(f"{each.kind} {each.name}" for each in places))
            yield Problem("partner", f'"{person}" is not with {partner}', f"they are in {names}")


def _already_out(person: str, known: frozenset[str]) -> Problem:
    """Return why there is nothing to do for a person."""
    if person in known:
        return Problem("people", f'"{person}" is already taken out', "leave out this address")
    return Problem("people", f'"{person}" is not in any file', similar(person, known) or "check the address")
