from hypothesis import given
from hypothesis import strategies as st

from tests.builders import catalog, document, group, partner, product, team
from tests.policy.judging import judged


def test_a_duplicate_partner_is_reported_with_the_place_of_the_first() -> None:
    first, second = partner("acme"), partner("acme")
    second.file = "partners/other.yaml"

    assert judged("duplicate-name", first, second) == [
        (
            "partners/other.yaml:4:9",
            'partner "acme" is already defined at partners/acme.yaml:4:9',
            "rename or remove one of them",
        )
    ]


def test_the_same_name_in_two_kinds_is_not_a_duplicate() -> None:
    assert judged("duplicate-name", partner("acme"), group("acme"), product("acme")) == []


def test_names_of_groups_products_catalogs_and_apis_are_unique() -> None:
    assert judged(
        "duplicate-name",
        group("a"),
        group("a"),
        product("b"),
        product("b"),
        catalog("t", "t"),
        catalog("t"),
    ) == [
        (
            "access-groups/a.yaml:4:9",
            'access group "a" is already defined at access-groups/a.yaml:4:9',
            "rename or remove one of them",
        ),
        (
            "access-groups/b.yaml:4:9",
            'API product "b" is already defined at access-groups/b.yaml:4:9',
            "rename or remove one of them",
        ),
        (
            "catalog.yaml:4:9",
            'catalog "catalog" is already defined at catalog.yaml:4:9',
            "rename or remove one of them",
        ),
        (
            "catalog.yaml:8:11",
            'API "t" is already defined at catalog.yaml:8:11',
            "rename or remove one of them",
        ),
        (
            "catalog.yaml:10:11",
            'API "t" is already defined at catalog.yaml:8:11',
            "rename or remove one of them",
        ),
    ]


def test_a_team_name_is_unique_in_its_partner_but_not_across_partners() -> None:
    assert judged(
        "duplicate-name", partner("acme", team("a"), team("b"), team("a")), partner("globex", team("a"))
    ) == [
        (
            "partners/acme.yaml:17:11",
            'team "a" of partner "acme" is already defined at partners/acme.yaml:11:11',
            "rename or remove one of them",
        )
    ]


def test_names_are_compared_also_where_the_schema_is_not_met() -> None:
    broken = document("{kind: Partner, metadata: {name: acme}, spec: {teams: 5}}", "partners/broken.yaml")

    assert judged("duplicate-name", partner("acme"), broken) == [
        (
            "partners/broken.yaml:1:34",
            'partner "acme" is already defined at partners/acme.yaml:4:9',
            "rename or remove one of them",
        )
    ]


def test_a_former_name_is_that_of_one_thing_only() -> None:
    one = group("one", metadata={"previously": "old"})
    two = group("two", metadata={"previously": "old"})

    assert judged("duplicate-name", one, two) == [
        (
            "access-groups/two.yaml:5:15",
            'access group "one" already has the former name "old" at access-groups/one.yaml:5:15',
            "keep previously for only one of them",
        )
    ]


def test_renames_may_be_chained() -> None:
    assert (
        judged(
            "duplicate-name",
            partner("a", metadata={"previously": "b"}),
            partner("b", metadata={"previously": "c"}),
        )
        == []
    )


def test_a_former_name_is_not_one_that_is_still_defined() -> None:
    assert judged(
        "duplicate-name",
        partner("a", team("x", previously="y"), team("y"), metadata={"previously": "b"}),
        partner("b", status="ended"),
    ) == [
        (
            "partners/a.yaml:5:15",
            'partner "a" has the former name "b", which is still defined at partners/b.yaml:4:9',
            "remove previously, or remove the old definition",
        ),
        (
            "partners/a.yaml:15:17",
            (
                'team "x" of partner "a" has the former name "y", which is still defined at '
                "partners/a.yaml:16:11"
            ),
            "remove previously, or remove the old definition",
        ),
    ]


def test_a_cycle_of_renames_is_reported_once() -> None:
    assert judged(
        "duplicate-name",
        partner("z", metadata={"previously": "a"}),
        partner("a", metadata={"previously": "b"}),
        partner("b", metadata={"previously": "a"}),
    ) == [
        (
            "partners/a.yaml:5:15",
            'these renames form a cycle: "a" (previously "b"), "b" (previously "a")',
            "rename in two steps, and apply each",
        ),
        (
            "partners/b.yaml:5:15",
            'partner "z" already has the former name "a" at partners/z.yaml:5:15',
            "keep previously for only one of them",
        ),
    ]


def test_a_team_that_was_itself_is_a_circle_of_one() -> None:
    assert judged("duplicate-name", partner("acme", team("a", previously="a"))) == [
        ("partners/acme.yaml:14:17", 'these renames form a cycle: "a" (previously "a")', "remove previously")
    ]


@given(st.permutations("abcde"), st.integers(2, 5))
def test_a_circle_of_any_length_and_order_is_found_once(names: list[str], length: int) -> None:
    circle = names[:length]
    former = dict(zip(circle, circle[1:] + circle[:1], strict=True))
    documents = [partner(name, metadata={"previously": former[name]}) for name in sorted(circle)]

    assert len(judged("duplicate-name", *documents)) == 1
