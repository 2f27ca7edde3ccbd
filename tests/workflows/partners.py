"""A partner that the sample does not have."""

from typing import Final

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
