"""Where CODEOWNERS stands, what it holds, and what it should hold."""

from difflib import get_close_matches, unified_diff
from pathlib import Path
from typing import Final

from reconciler import workflow
from reconciler.cli import console, runtime
from reconciler.cli.storage import checkout, text_files
from reconciler.errors import InputError
from reconciler.model.document import Repository
from reconciler.model.printable import printable
from reconciler.render.codeowners import ForgeName, Gap, codeowners
from reconciler.render.codeowners_block import replaced

# Where each forge looks, in its order; it reads only the first that there is.
_PLACES: Final[dict[ForgeName, tuple[str, ...]]] = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}
_NEW: Final[dict[ForgeName, str]] = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}
_TITLES: Final[dict[ForgeName, str]] = {"github": "GitHub", "gitlab": "GitLab"}
_LARGEST: Final = 3_000_000
_MOST_SHOWN: Final = 20


def write(config: str | None, chosen: ForgeName | None, default_owner: str | None, *, check: bool) -> None:
    """Write CODEOWNERS and print where; or only raise InputError where it does not fit the files."""
    path = runtime.configuration(config).resolve()
    root = checkout.top_level(path.parent)
    repository = workflow.require_readable(workflow.check(path, runtime.today(None)))
    forge = chosen or _forge(root)
    place = _place(root, forge)
    made = codeowners(
        repository,
        forge,
        folder=path.parent.relative_to(root).as_posix(),
        default=_default(repository, default_owner),
        guarded=[place],
    )
    for gap in made.gaps:
        console.say(printable(_told(gap, forge)))
    if not made.lines:
        raise InputError(
            f"no owner can be asked at {_TITLES[forge]}, so {place} would ask nobody",
            f'give the owners in {repository.configuration.file} a handle: {forge}: "@our-company/TEAM"',
        )
    checkout.require_no_link(root / place, root)
    before = text_files.read(root / place, missing="")
    after = replaced(before, made.lines, place)
    _require_small(after, place, forge)
    if check:
        _require_same(before, after, place)
    else:
        text_files.write(root / place, after, root)
        console.out(place)


def _forge(root: Path) -> ForgeName:
    is_gitlab = (root / ".gitlab").is_dir() or (root / ".gitlab-ci.yml").is_file()
    return "gitlab" if is_gitlab and not (root / ".github").is_dir() else "github"


def _place(root: Path, forge: ForgeName) -> str:
    return next((place for place in _PLACES[forge] if (root / place).is_file()), _NEW[forge])


def _default(repository: Repository, given: str | None) -> str | None:
    """Return the default owner, if there is any."""
    owners = list(workflow.settings(repository.configuration).spec.owners)
    if given is None or given in owners:
        return given or next(iter(owners), None)
    near = get_close_matches(given, owners, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(owners) or 'none'}"
    raise InputError(f'--default: no owner is called "{given}" in {repository.configuration.file}', hint)


def _told(gap: Gap, forge: ForgeName) -> str:
    """Return the warning about somebody whom the forge cannot ask."""
    what = f'has the handle "{gap.handle}", which is none' if gap.handle else "has no handle"
    hint = f'write it as {forge}: "@our-company/{gap.owner}"'
    return f'{gap.source}: warning: owner "{gap.owner}" {what} at {_TITLES[forge]}, and is not asked; {hint}'


def _require_small(content: str, place: str, forge: ForgeName) -> None:
    size = len(content.encode())
    if forge == "github" and size >= _LARGEST:
        raise InputError(
            f"{place} would have {size / 1e6:.1f} MB, and GitHub reads none of 3 MB or more",
            "give --default the owner of most files: those need no line of their own",
        )


def _require_same(before: str, after: str, place: str) -> None:
    if before == after:
        return
    rows = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))[2:]
    changes = [row for row in rows if not row.startswith("@@")]
    more = [f"and {len(changes) - _MOST_SHOWN:,} lines more"] if len(changes) > _MOST_SHOWN else []
    said = "\n".join([f"{place} does not fit the files:", *changes[:_MOST_SHOWN], *more])
    raise InputError(said, "the same command without --check writes it")
