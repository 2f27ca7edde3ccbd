"""The files of the repository that define what git manages."""

from typing import Any, Final
from urllib.parse import quote

import msgspec

from reconciler.portal_server.pages.visit import Visit

_FOLDERS: Final = {
    "partner": "partners/{name}.yaml",
    "team": "partners/{name}.yaml",
    "access-group": "access-groups/{name}.yaml",
    "product": "access-groups",
}


class GitFile(msgspec.Struct, frozen=True):
    """The file, or the folder, of an object; `href` is None if the site does not know where the files are."""

    path: str
    href: str | None


def file_of(visit: Visit, kind: str, managed_by: str | None, name: str) -> GitFile | None:
    """Return the file that defines an object, by the convention of file names; None if git does not.

    `name` is that of the object, for a team that of its partner.
    """
    if managed_by is None or kind not in _FOLDERS:
        return None
    path = _FOLDERS[kind].format(name=name)
    url = visit.portal.site.files_url
    return GitFile(path, f"{url.rstrip('/')}/{quote(path)}" if url else None)


def file_of_named(visit: Visit, named: Any) -> GitFile | None:
    """Return the same for an object with its names."""
    return file_of(visit, named.kind, named.managed_by, named.reference.partition("/")[0])
