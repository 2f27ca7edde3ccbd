"""The contract of every portal: a suite of tests that an adapter's author runs by giving a fresh portal.

Subclass `PortalContract` in a test file and give the fixture `ground`; nothing else is needed.
"""

import pytest

from reconciler.testing.contract.objects import ObjectContract
from reconciler.testing.contract.people import PeopleContract
from reconciler.testing.harness import Ground


class PortalContract(ObjectContract, PeopleContract):
    """What holds for every portal. Each test gets a fresh one."""

    @pytest.fixture
    def ground(self) -> Ground:
        """Return a fresh portal: the one thing that an author gives."""
        raise NotImplementedError
