"""What a plan of a branch compares is named where it is read: in text, in comments, and on the page."""

from reconciler.model.plan import Coverage
from reconciler.render import html, markdown, text
from tests.render.plans import bare

FEW = Coverage(partners=("acme", "bolt"), access_groups=("tracking",), products=("shipping",))
MANY = Coverage(partners=tuple(f"p{number}" for number in range(1005)))


def test_the_compared_objects_are_named() -> None:
    made = bare(coverage=FEW)
    listed = "partner acme, partner bolt, access group tracking, API product shipping"

    assert text.plan(made, color=False) == (
        f"Compared with the portal: {listed}, which this branch changes.\nNo changes.\n"
    )
    assert f"<dt>Compared</dt><dd>{listed}</dd>" in html.plan(made)
    assert (
        markdown.plan(made)
        .splitlines()[-1]
        .endswith(
            "; compared with the portal: partner `acme`, partner `bolt`, access group `tracking`, "
            "API product `shipping`</sub>"
        )
    )


def test_of_many_the_first_are_named() -> None:
    assert "partner p3, partner p4 and 1,000 more, which" in text.plan(bare(coverage=MANY), color=False)


def test_all_and_none_are_not_named() -> None:
    for coverage in (None, Coverage()):
        assert text.plan(bare(coverage=coverage), color=False) == "No changes.\n"
        assert "Compared" not in html.plan(bare(coverage=coverage))


def test_what_is_below_a_covered_object_is_covered() -> None:
    ids = [
        "partner/acme",
        "team/acme/ops",
        "membership/acme/ops/ana@acme.example",
        "grant/gold/team/acme/ops",
        "grant/tracking/developer/sam@indie.example",
        "access-item/tracking/product/trial",
        "product-item/shipping/labels",
    ]
    others = ["partner/core", "grant/gold/team/core/ops", "access-item/gold/product/shipping"]

    assert [each for each in (*ids, *others) if FEW.includes(each)] == ids
    assert FEW.ids == [
        "partner/acme",
        "partner/bolt",
        "access-group/tracking",
        "api-product/shipping",
    ]
    assert Coverage.of(reversed(FEW.ids)) == FEW
