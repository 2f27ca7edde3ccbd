"""The contract tests of portals, which adapter authors run against a new portal.

Subclass `PortalContract` in a test file and define the fixture `ground`.
"""

import pytest

from reconciler.testing.contract.excerpts import ExcerptContract
from reconciler.testing.contract.health import HealthContract
from reconciler.testing.contract.objects import ObjectContract
from reconciler.testing.contract.people import PeopleContract
from reconciler.testing.contract.writes import WriteContract
from reconciler.testing.harness import PortalUnderTest


class PortalContract(ObjectContract, PeopleContract, WriteContract, ExcerptContract, HealthContract):
    """The contract of all portals. Each test uses a new portal."""

    @pytest.fixture
    def ground(self) -> PortalUnderTest:
        """Return a new portal; adapter authors override this fixture."""
        raise NotImplementedError
