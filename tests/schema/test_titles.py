import pytest

from reconciler.schema.titles import file_name, title


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("displayName", "Display name"),
        ("AccessGroup", "Access group"),
        ("ApiProduct", "API product"),
        ("apis", "APIs"),
        ("apiVersion", "API version"),
        ("url", "URL"),
        ("maxDays", "Max days"),
        ("portal_id", "Portal id"),
    ],
)
def test_titles_are_words(name: str, words: str) -> None:
    assert title(name) == words


def test_files_are_named_with_hyphens() -> None:
    assert [file_name(kind) for kind in ("Partner", "ApiProduct")] == [
        "partner.schema.json",
        "api-product.schema.json",
    ]
