import pytest

from tests.cli.conftest import place
from tests.sources.keycloak.realms import DoubledRealm, RealmGround, RealRealm

__all__ = ["place"]
_REAL = (pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keycloak"))


@pytest.fixture(params=["double", pytest.param("real", marks=_REAL)])
def realm(request: pytest.FixtureRequest) -> RealmGround:
    """A new realm with a group `partners`."""
    made: RealmGround
    made = DoubledRealm() if request.param == "double" else RealRealm(request.getfixturevalue("keycloak"))
    made.group("/partners")
    return made
