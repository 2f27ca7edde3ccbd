from reconciler.model.graph.adjacency import Relation
from reconciler.model.resource import Resource

ONE, TWO, THREE = Resource("one", {}), Resource("two", {}), Resource("three", {})
TEAMS = Relation({"web": {"ana": ONE, "bo": TWO}, "ops": {"ana": THREE}})


def test_a_relation_is_followed_both_ways() -> None:
    assert (
        TEAMS.of("web"),
        TEAMS.of("nobody's"),
        sorted(TEAMS.to("ana")),
        list(TEAMS.to("nobody")),
        list(TEAMS.starts()),
    ) == ({"ana": ONE, "bo": TWO}, {}, ["ops", "web"], [], ["web", "ops"])


def test_changes_make_another_relation_and_leave_this_one_alone() -> None:
    changed = TEAMS.changed({"web": {"ana": None, "cy": ONE}, "new": {"ana": TWO}})

    assert (changed.of("web"), changed.of("new"), sorted(changed.to("ana")), TEAMS.of("web")) == (
        {"bo": TWO, "cy": ONE},
        {"ana": TWO},
        ["new", "ops"],
        {"ana": ONE, "bo": TWO},
    )


def test_without_changes_a_relation_is_shared() -> None:
    assert TEAMS.changed({}) is TEAMS


def test_names_change_at_both_ends() -> None:
    renamed = TEAMS.renamed(str.upper, str.title)

    assert (renamed.of("WEB"), renamed.of("web"), sorted(renamed.to("Ana"))) == (
        {"Ana": ONE, "Bo": TWO},
        {},
        ["OPS", "WEB"],
    )
