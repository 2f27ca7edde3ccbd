"""A branch commits small files that are made to cost much time or memory wherever they are checked."""

from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest

from reconciler.errors import InputError
from reconciler.load import load, load_configuration
from reconciler.model.identity import canonical_domain, canonical_email
from reconciler.schema import schemas
from tests.cli.running import PARTNER, Place
from tests.growth import memory, steps

HEAD = "apiVersion: reconciler/v1\nkind: "


def checked(folder: Path, partner: str) -> None:
    """Read a partner's file beside a configuration."""
    (folder / "partners").mkdir(exist_ok=True)
    (folder / "partners" / "acme.yaml").write_text(partner)
    (folder / "reconciler.yaml").write_text(
        f"{HEAD}Configuration\nmetadata: {{name: us}}\nspec: {{paths: {{partners: [Partner]}}}}\n"
    )
    configuration, _ = load_configuration(folder / "reconciler.yaml", schemas())
    assert configuration is not None
    load(configuration, folder, schemas())


@pytest.mark.parametrize(
    "spec",
    [
        "access: [{}]",
        "teams: [{{name: a, admins: [a@b.example], members: [{}]}}]",
        "blocked: [{}], teams: [{{name: a, admins: [{}]}}]",
    ],
)
def test_a_branch_cannot_cost_memory_by_a_list_of_wrong_entries(spec: str, tmp_path: Path) -> None:
    number = 20_000
    text = f"{HEAD}Partner\nmetadata: {{name: acme}}\nspec: {{{spec.format(*['1,' * number] * 2)}}}\n"

    assert memory(lambda: checked(tmp_path, text)) < 100 * len(text)


def test_a_branch_cannot_cost_time_by_unknown_keys(tmp_path: Path) -> None:
    def cost(number: int) -> int:
        keys = "\n".join(f"  nam{each}: x" for each in range(number))
        return steps(
            lambda: checked(tmp_path, f"{HEAD}Partner\nmetadata:\n  name: acme\n{keys}\nspec: {{}}\n")
        )

    assert cost(4_000) - cost(2_000) < 250 * 2_000


def test_a_branch_cannot_cost_memory_by_aliases_in_many_documents(tmp_path: Path) -> None:
    bomb = f"--- [&a [{'x, ' * 80}], {'*a, ' * 120}]\n"

    assert memory(lambda: checked(tmp_path, bomb * 200)) < 100 * len(bomb) * 200


def test_a_branch_cannot_cost_time_by_directives(place: Place) -> None:
    place.write(partners__acme="".join(f"%TAG !{each}! x\n" for each in range(300_000)) + "---\n")

    ran = place.run("validate")

    assert (
        ran.code,
        "partners/acme.yaml:101:1: error: the file has more than 100 directives" in ran.out,
    ) == (
        1,
        True,
    )


def test_a_branch_cannot_cost_time_by_letters_with_very_many_accents(place: Place) -> None:
    accents = "a" + "\u0301\u0323" * 1_000_000
    place.write(partners__acme=PARTNER.replace("ana@acme.example", f'"{accents}@acme.example"'))

    assert place.run("validate").code == 1


def test_a_branch_cannot_cost_time_by_a_very_long_domain_in_letters_for_machines(place: Place) -> None:
    domain = f"xn--{'a' * 500_000}-{'a1' * 100_000}.example"
    place.write(partners__acme=PARTNER.replace("[acme.example]", f"[acme.example, {domain}]"))

    assert place.run("validate").code == 1


@pytest.mark.parametrize("spell", [canonical_email, canonical_domain])
def test_no_address_of_a_million_letters_is_spelled(spell: Callable[[str], str]) -> None:
    with pytest.raises(InputError, match="an address cannot have"):
        spell("é" * 1_000_000)


def test_a_branch_cannot_crash_the_reader_by_a_key_of_very_many_digits(place: Place) -> None:
    labels = "\n".join(["metadata:", "  name: acme", "  labels:", f'    ? "{"0" * 5_000}7"', "    : 1"])
    metadata = indent(labels, "    ").lstrip()
    place.write(partners__acme=PARTNER.replace("metadata: {name: acme}", metadata))

    ran = place.run("validate")

    assert (ran.code, "must be text, not the number 1" in ran.out) == (1, True)


@pytest.mark.parametrize("command", [("validate",), ("plan",)])
def test_a_branch_cannot_cost_memory_by_products_in_groups(place: Place, command: tuple[str, ...]) -> None:
    apis, products, groups = (", ".join(f"{sort}{each}" for each in range(101)) for sort in "apg")
    catalog = "".join(f"    - {{name: a{each}, owner: logistics}}\n" for each in range(101))
    suites = [
        f"{HEAD}ApiProduct\nmetadata: {{name: p{each}}}\n"
        f"spec: {{displayName: P, owner: logistics, apis: [{apis}]}}\n"
        for each in range(101)
    ]
    bundles = [
        f"{HEAD}AccessGroup\nmetadata: {{name: g{each}}}\n"
        f"spec: {{displayName: G, owner: logistics, products: [{products}], offers: [{{type: reseller}}]}}\n"
        for each in range(101)
    ]
    configuration = (place.folder / "reconciler.yaml").read_text()
    place.write(
        reconciler=configuration.replace("[AccessGroup]", "[AccessGroup, ApiProduct]"),
        catalog=f"{HEAD}Catalog\nmetadata: {{name: catalog}}\nspec:\n  apis:\n{catalog}",
        partners__acme=PARTNER.replace("access: [tracking]", f"access: [{groups}]"),
        **{"access-groups__tracking": "---\n".join([*suites, *bundles])},
    )

    ran = place.run(*command)

    assert (ran.code, [line for line in ran.out.splitlines() if "too-many-paths" in line]) == (
        1,
        [
            (
                "partners/acme.yaml:3:18: error: 2,060,602 paths lead from teams and groups to APIs, more"
                " than 1,000,000; this document adds most of them; grant fewer groups, or reduce the APIs in"
                " groups and products [too-many-paths]"
            )
        ],
    )
