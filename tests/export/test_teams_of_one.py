"""A fallback gives single people teams of their own, which files do not have."""

from reconciler.model.configuration import ConfigurationSpec
from reconciler.model.ids import kind_of
from reconciler.model.resource import Resource
from reconciler.project import PortalProfile, project
from reconciler.testing.harness import SCOPE, asking
from reconciler.workflow.export.known import with_grants_to_people
from tests.access.worlds import granted, live
from tests.testing.shelf import lacking

FALLBACKS = {"developerGrants": "team-of-one"}


def spec(fallbacks: dict[str, str]) -> ConfigurationSpec:
    portal = {"type": "embedded", "database": "portal.db", "fallbacks": fallbacks}
    return ConfigurationSpec.model_validate({"paths": {}, "portals": {"local": portal}})


def test_a_team_of_one_is_a_grant_to_a_person_and_its_partner_is_left_out() -> None:
    can = lacking("api-grant", developer_grants=False)
    chosen = spec(FALLBACKS).portals["local"].fallbacks
    assert chosen is not None
    asked = asking(Resource("access-group/gold", {}, SCOPE), granted("gold", "sam@indie.example"))
    stored = live(*project(asked, PortalProfile(can, fallbacks=chosen)).desired.resources.values())
    assert {kind_of(each) for each in stored.resources} >= {"partner", "team", "membership"}

    found = with_grants_to_people(stored, SCOPE, spec(FALLBACKS), "local")

    assert [*found.resources] == ["access-group/gold", "grant/gold/developer/sam@indie.example"]
    assert with_grants_to_people(stored, SCOPE, spec({}), "local") is stored
