"""Keep the lists of issue forms up to date, or check that they are."""

from pathlib import Path
from typing import Final

from reconciler.cli import console, runtime
from reconciler.cli.actions.edits.difference import require_same
from reconciler.cli.storage import checkout, text_files
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.cli.storage.file_set import FileWrite, write_all
from reconciler.errors import InputError
from reconciler.workflow.forms import form_choices, with_choices
from reconciler.workflow.validate import check as check_files
from reconciler.workflow.validate import require_readable

_FOLDERS: Final = (".github/ISSUE_TEMPLATE", ".gitea/ISSUE_TEMPLATE")
_FORMS: Final = ("new-partner.yml", "new-partner.yaml", "remove-person.yml", "remove-person.yaml")


def update_forms(config: str | None, *, check: bool) -> None:
    """Write the lists of all forms and print their paths; or raise InputError where one is not up to date."""
    path = find_configuration(config).resolve()
    root = checkout.top_level(path.parent)
    choices = form_choices(require_readable(check_files(path, runtime.today(None))))
    texts = {each: text_files.read(root / each) for each in _existing(root)}
    updated = {each: with_choices(each, text, choices) for each, text in texts.items()}
    changed = [each for each, text in texts.items() if text != updated[each]]
    if check:
        for each in changed:
            require_same(texts[each], updated[each], each)
        return
    write_all(
        [FileWrite(root / each, texts[each].encode(), updated[each].encode()) for each in changed], root
    )
    for each in changed:
        console.print_result(each)
    if not changed:
        console.log("All forms are up to date.")


def _existing(root: Path) -> list[str]:
    """Return the forms of the repository. Raises InputError if there is none."""
    found = [f"{folder}/{name}" for folder in _FOLDERS for name in _FORMS if (root / folder / name).is_file()]
    for each in found:
        checkout.require_no_link(root / each, root)
    if not found:
        message = f"there is no {_FORMS[0]} or {_FORMS[2]} in {_FOLDERS[0]}"
        raise InputError(message, "copy a form of Reconciler to this folder first")
    return found
