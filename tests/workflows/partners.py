"""A partner that the sample does not have, and one of the sample without a person who leaves."""

from typing import Final

from tests.workflows.acting import ROOT

NORDLYS: Final = """\
apiVersion: reconciler/v1
kind: Partner
metadata: {name: nordlys}
spec:
  type: reseller
  displayName: Nordlys AS
  owner: partnerships
  domains: [nordlys.example]
  agreement: MSA-2026-101
  access: [tracking]
  teams:
    - name: shop
      admins: [siri@nordlys.example]
"""

FJORDHANDEL: Final = (
    (ROOT / "partners" / "fjordhandel.yaml")
    .read_text()
    .replace("        - ola.berg@fjordhandel.example\n", "")
)
LEAVER: Final = "ola.berg@fjordhandel.example"
