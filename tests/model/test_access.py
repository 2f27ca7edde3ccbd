from reconciler.model.access import AccessRow


def row(team: str | None, *via: str) -> AccessRow:
    return AccessRow("o/r@acme.example", "active", "admin", team, "labels-v3", "consume", via, None)


def test_a_row_names_the_edges_of_its_path_from_the_person_to_the_api() -> None:
    through_product = row("acme/web", "access-group/tracking", "api-product/suite")
    alone = row(None, "access-group/tracking")

    assert (through_product.edges, alone.edges) == (
        (
            "membership/acme/web/o%2Fr@acme.example",
            "grant/tracking/team/acme/web",
            "access-item/tracking/product/suite",
            "product-item/suite/labels-v3",
        ),
        ("grant/tracking/developer/o%2Fr@acme.example", "access-item/tracking/api/labels-v3"),
    )
