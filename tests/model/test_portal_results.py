import pytest

from reconciler.model.portal_results import worst


@pytest.mark.parametrize(
    ("codes", "counts"),
    [
        ([], 0),
        ([0, 2], 2),
        ([2, 6], 6),
        ([6, 3], 3),
        ([3, 4], 4),
        ([4, 5, 0], 5),
        ([5, 1, 3], 1),
    ],
)
def test_the_exit_code_of_several_portals(codes: list[int], counts: int) -> None:
    assert (worst(codes), worst(reversed(codes))) == (counts, counts)
