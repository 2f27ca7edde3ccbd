"""Write CODEOWNERS, or check that it is up to date."""

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from reconciler.cli import console, runtime
from reconciler.cli.actions.edits.difference import require_same
from reconciler.cli.storage import checkout, text_files
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError
from reconciler.model.document import Repository
from reconciler.model.printable import printable
from reconciler.render.codeowners import ForgeName, Gap, codeowners
from reconciler.render.codeowners_block import replaced
from reconciler.workflow.validate import check as check_files
from reconciler.workflow.validate import require_readable, settings

# The places of each forge, in its order; it reads only the first file that exists.
_PLACES: Final[dict[ForgeName, tuple[str, ...]]] = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
    "gitea": ("CODEOWNERS", "docs/CODEOWNERS", ".gitea/CODEOWNERS"),
}
_NEW: Final[dict[ForgeName, str]] = {name: f".{name}/CODEOWNERS" for name in _PLACES}
_TITLES: Final[dict[ForgeName, str]] = {"github": "GitHub", "gitlab": "GitLab", "gitea": "Gitea"}
_LARGEST: Final = 3_000_000


def write_codeowners(
    config: str | None, chosen: ForgeName | None, default_owner: str | None, *, check: bool
) -> None:
    """Write CODEOWNERS and print its path; or with `check`, raise InputError where it is not up to date."""
    path = find_configuration(config).resolve()
    root = checkout.top_level(path.parent)
    repository = require_readable(check_files(path, runtime.today(None)))
    forge = chosen or _forge(root)
    found = place(root, forge)
    made = codeowners(
        repository,
        forge,
        folder=path.parent.relative_to(root).as_posix(),
        default=_default(repository, default_owner),
        guarded=[found],
    )
    for gap in made.gaps:
        console.log(printable(_warning(gap, forge)))
    if not made.lines:
        raise InputError(
            f"no owner has a {_TITLES[forge]} handle, so {found} would ask nobody for a review",
            f'give the owners in {repository.configuration.file} a handle: {forge}: "@our-company/TEAM"',
        )
    checkout.require_no_link(root / found, root)
    before = text_files.read(root / found, missing="")
    after = replaced(before, made.lines, found)
    _require_small(after, found, forge)
    if check:
        require_same(before, after, found)
    else:
        text_files.write(root / found, after, root)
        console.print_result(found)


def naming(folder: Path, paths: Collection[str]) -> list[str]:
    """Return the CODEOWNERS files with a line for one of these paths below the configuration's folder."""
    folder = folder.resolve()
    root = checkout.top_level(folder)
    named = {f"/{(folder / each).relative_to(root).as_posix()}" for each in paths}
    places = dict.fromkeys(each for several in _PLACES.values() for each in several)
    return [each for each in places if (root / each).is_file() and named & _patterns(root / each)]


def _patterns(file: Path) -> set[str]:
    rows = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return {row.split()[0] for row in rows if row.strip()}


def _forge(root: Path) -> ForgeName:
    if (root / ".github").is_dir():
        return "github"
    if (root / ".gitlab").is_dir() or (root / ".gitlab-ci.yml").is_file():
        return "gitlab"
    return "gitea" if (root / ".gitea").is_dir() else "github"


def place(root: Path, forge: ForgeName) -> str:
    """Return the path of the file that the forge reads, or will read."""
    return next((each for each in _PLACES[forge] if (root / each).is_file()), _NEW[forge])


def _default(repository: Repository, given: str | None) -> str | None:
    """Return the default owner, if there is any."""
    owners = list(settings(repository.configuration).spec.owners)
    if given is None or given in owners:
        return given or next(iter(owners), None)
    near = get_close_matches(given, owners, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(owners) or 'none'}"
    raise InputError(f'--default: owner "{given}" is not defined in {repository.configuration.file}', hint)


def _warning(gap: Gap, forge: ForgeName) -> str:
    """Return the warning about an owner whom the forge cannot ask for a review."""
    what = f'has the invalid handle "{gap.handle}"' if gap.handle else "has no handle"
    hint = f'write it as {forge}: "@our-company/{gap.owner}"'
    problem = f'owner "{gap.owner}" {what} at {_TITLES[forge]} and is not asked for reviews'
    return f"{gap.source}: warning: {problem}; {hint}"


def _require_small(content: str, place: str, forge: ForgeName) -> None:
    size = len(content.encode())
    if forge == "github" and size >= _LARGEST:
        raise InputError(
            f"{place} would have {size / 1e6:.1f} MB; GitHub ignores files of 3 MB or more",
            "set --default to the owner of most files, which then need no line of their own",
        )
