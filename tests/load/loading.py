"""Helpers for tests of the loader: repositories from texts, and findings as text."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from reconciler.load import load, load_configuration
from reconciler.model.document import Document, Repository
from reconciler.model.finding import Finding, Severity
from reconciler.schema import schemas

HEAD = "apiVersion: reconciler/v1\nkind: "
PARTNER = f"{HEAD}Partner\nmetadata: {{name: acme}}\nspec: {{type: reseller, displayName: Acme, owner: sales"
GROUP = f"{HEAD}AccessGroup\nmetadata: {{name: rates}}\nspec: {{displayName: Rates, owner: sales"
CONFIGURATION = (
    f"{HEAD}Configuration\nmetadata: {{name: us}}\n"
    "spec: {paths: {partners: [Partner], groups: [AccessGroup, ApiProduct]}}\n"
)


def configured(folder: Path, text: str = CONFIGURATION) -> tuple[Document, Path]:
    """Write a configuration into the folder, and the folders that it names."""
    folder.joinpath("reconciler.yaml").write_text(text)
    for name in ("partners", "groups"):
        folder.joinpath(name).mkdir(exist_ok=True)
    document, findings = load_configuration(folder / "reconciler.yaml", schemas())
    assert document is not None, findings
    return document, folder


def loaded(
    folder: Path, files: Mapping[str, str | bytes], text: str = CONFIGURATION
) -> tuple[Repository, list[Finding]]:
    """Write these files and a configuration, and load them."""
    configuration, root = configured(folder, text)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(configuration, root, schemas())


def partner(folder: Path, fields: str) -> list[str]:
    """Return the messages for a partner with these further keys of `spec`; they begin at 4:53."""
    return messages(loaded(folder, {"partners/acme.yaml": f"{PARTNER}, {fields}}}\n"})[1])


def group(folder: Path, fields: str) -> list[str]:
    """Return the messages for an access group with these further keys of `spec`; they begin at 4:42."""
    return messages(loaded(folder, {"groups/rates.yaml": f"{GROUP}, {fields}}}\n"})[1])


def configuration(folder: Path, fields: str) -> list[str]:
    """Return the messages for a configuration with these further keys of `spec`; they begin at 5:3."""
    text = f"apiVersion: reconciler/v1\nkind: Configuration\nmetadata: {{name: us}}\nspec:\n  {fields}\n"
    if "paths" not in fields:
        text += "  paths: {}\n"
    folder.joinpath("reconciler.yaml").write_text(text)
    return messages(load_configuration(folder / "reconciler.yaml", schemas())[1])


def messages(findings: Iterable[Finding]) -> list[str]:
    """Return findings as sentences: place, message, and what to do; warnings are marked."""
    return [
        f"{':'.join(str(part) for part in (each.file, each.line, each.column) if part)}: "
        f"{'' if each.severity is Severity.ERROR else f'{each.severity}: '}"
        f"{each.message}{f' ({each.hint})' if each.hint else ''}"
        for each in findings
    ]
