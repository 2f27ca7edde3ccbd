"""Fill the database of an embedded portal with the desired state of a repository, much faster than apply.

The rows go directly into the portal's tables. Then `reconciler plan` must print `No changes.`
`python -m bench.seed` prints the number of objects. As a process of its own, its memory is not counted for
the processes that a benchmark starts later: on Linux, a child begins with the peak of its parent.
"""

import argparse
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, select

from reconciler.desired import build_desired_state
from reconciler.load import load, load_configuration
from reconciler.model.document import Catalog
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.kinds import has_owner_label, parents
from reconciler.model.resource import Desired, Resource
from reconciler.portal_server import ApiEntry, create_app
from reconciler.portal_server.storage import tables
from reconciler.portal_server.values.identifiers import new_id
from reconciler.schema import schemas

KINDS: Final[Mapping[str, tuple[str, Table]]] = {
    "partner": ("par", tables.partners),
    "team": ("team", tables.teams),
    "membership": ("mem", tables.members),
    "api-product": ("prod", tables.products),
    "product-item": ("pit", tables.product_items),
    "access-group": ("grp", tables.access_groups),
    "access-item": ("ait", tables.access_items),
    "grant": ("grt", tables.grants),
}
PARENTS: Final = {
    "partner": "partner_id",
    "team": "team_id",
    "api-product": "product_id",
    "access-group": "group_id",
}


def seed(root: Path, database: Path | str, today: str) -> int:
    """Store the desired state of the files below `root` on this day; return the number of objects."""
    desired, apis = _asked(root, today)
    app = create_app(str(database), apis=apis)
    try:
        with app.state.database.writing() as connection:
            return fill(connection, desired)
    finally:
        app.state.database.close()


def _asked(root: Path, today: str) -> tuple[Desired, list[ApiEntry]]:
    fitting = schemas()
    configuration, problems = load_configuration(root / "reconciler.yaml", fitting)
    assert configuration is not None, problems
    repository, findings = load(configuration, root, fitting)
    assert not findings, findings[:3]
    catalogs = [document.body for document in repository.documents if isinstance(document.body, Catalog)]
    apis = [
        ApiEntry(
            name=api.name,
            display_name=api.display_name or api.name,
            owner=api.owner,
            visibility=api.visibility,
        )
        for catalog in catalogs
        for api in catalog.spec.apis
    ]
    return build_desired_state(repository, today), apis


def fill(connection: Connection, desired: Desired) -> int:
    """Store a desired state in the tables; return the number of objects."""
    ids = {
        f"api/{name}": key for name, key in connection.execute(select(tables.apis.c.name, tables.apis.c.id))
    }
    for kind, (prefix, table) in KINDS.items():
        found = [resource for resource in desired.resources.values() if resource.kind == kind]
        ids.update((resource.id, new_id(prefix)) for resource in found)
        rows = [
            {"id": ids[resource.id], "etag": f'"{secrets.token_hex(8)}"', **_row(resource, ids, table)}
            for resource in found
        ]
        if rows:
            connection.execute(insert(table), rows)
    connection.execute(insert(tables.people), list(_accounts(desired)))
    return len(desired.resources)


def _row(resource: Resource, ids: Mapping[str, str], table: Table) -> dict[str, Any]:
    """Return one row; every column has a value, because rows are inserted together."""
    own = {_snake(name): value for name, value in resource.fields.items()}
    empty: dict[str, Any] = {"domains": [], "blocked": [], "state": "active"}
    columns = [column.name for column in table.columns if column.name not in {"seq", "id", "etag"}]
    row = {name: own.get(name, empty.get(name)) for name in columns}
    return {
        **row,
        **_named(resource, ids),
        **({"managed_by": resource.owner_label} if "managed_by" in row else {}),
    }


def _named(resource: Resource, ids: Mapping[str, str]) -> dict[str, Any]:
    """Return what an object's id contains: its parents, and its name, API or person."""
    kind, *_, last = resource.id.split("/")
    row = {PARENTS[parent.partition("/")[0]]: ids[parent] for parent in parents(resource.id)}
    if has_owner_label(resource.id):
        row["name"] = last
    elif "@" in last:
        row["email"] = last
    elif kind == "product-item" or "/api/" in resource.id:
        row["api_id"] = ids[f"api/{last}"]
    return row


def _accounts(desired: Desired) -> Iterator[dict[str, Any]]:
    """Return an account for every member of a team, so that no invitation is open."""
    people = {name.rpartition("/")[2] for name in desired.resources if name.startswith("membership/")}
    for email in sorted(people):
        yield {"id": new_id("per"), "etag": f'"{secrets.token_hex(8)}"', "email": email, "display_name": None}


def _snake(name: str) -> str:
    return "display_name" if name == "displayName" else name


def main() -> None:
    """Fill `portal.db` in the folder of the command line, and print the number of objects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--today", required=True)
    arguments = parser.parse_args()
    with quiet_collector():
        print(seed(arguments.folder, arguments.folder / "portal.db", arguments.today))


if __name__ == "__main__":
    main()
