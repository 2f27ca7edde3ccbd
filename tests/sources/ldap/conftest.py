"""A company of its own for each test."""

import pytest

from tests.servers.slapd import SlapdServer
from tests.sources.ldap.company import Company


@pytest.fixture
def company(slapd_server: SlapdServer) -> Company:
    return Company(slapd_server)
