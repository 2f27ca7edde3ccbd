"""The test kit for adapter authors: network faults, the contract tests of portals, and chaos tests.

Planning and applying do not use it. Only `contract` imports pytest.
"""
