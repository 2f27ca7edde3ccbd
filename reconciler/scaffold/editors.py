"""Settings of editors, of git and of pre-commit, which are the same on every forge."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final

from reconciler.model.document import KindName
from reconciler.model.file_names import STATE_FOLDER, may_hold_documents

_SCHEMAS: Final[Mapping[KindName, str]] = {
    "Partner": "partner",
    "AccessGroup": "access-group",
    "ApiProduct": "api-product",
    "Catalog": "catalog",
    "Configuration": "configuration",
}


def editor_files(paths: Mapping[str, Sequence[KindName]], configuration: str) -> dict[str, str]:
    """Return the files by path, for a configuration of this name with these `paths`."""
    return {
        ".editorconfig": template("editorconfig"),
        ".gitignore": f"# The database of the embedded portal, receipts and journals\n{STATE_FOLDER}/\n",
        ".vscode/settings.json": _vscode({**paths, configuration: ("Configuration",)}),
    }


def template(name: str) -> str:
    """Return the text of a file that comes with this package."""
    return (files("reconciler.scaffold") / "templates").joinpath(*name.split("/")).read_text(encoding="utf-8")


def _vscode(paths: Mapping[str, Sequence[KindName]]) -> str:
    """Return the schema of each file, for the YAML extension of VS Code."""
    patterns: dict[str, list[str]] = {}
    for path, kinds in paths.items():
        pattern = path if may_hold_documents(path) else f"{path.rstrip('/')}/**/*.yaml"
        for kind in kinds:
            patterns.setdefault(f"schemas/{_SCHEMAS[kind]}.schema.json", []).append(pattern)
    settings = {"yaml.schemas": dict(sorted(patterns.items()))}
    return f"{json.dumps(settings, indent=2, ensure_ascii=False)}\n"
