from reconciler.model.finding import Source
from tests.builders import catalog, configuration, document, group, partner, product, repository, team


def test_built_documents_fit_their_models() -> None:
    built = repository(
        partner("acme", team("integration", access=["tracking"])),
        group(offers=[{"type": "reseller", "maxDays": 30}]),
        product(apis=["labels"]),
        catalog("tracking", {"name": "labels", "visibility": "public"}),
        configured=configuration(allow_empty=True),
    )

    assert [each.file for each in built.documents if each.body is None] == []


def test_a_built_document_knows_its_places() -> None:
    built = document("""\
        apiVersion: reconciler/v1
        kind: Partner
        metadata: {name: acme}
        spec:
          teams:
            - name: integration
              admins: [ana@acme.example]
    """)

    assert built.where("spec", "teams", 0, "admins", 0) == Source("partners/acme.yaml", 7, 16)
