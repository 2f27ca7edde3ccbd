"""Project the desired and the live state onto what a portal can store."""

from reconciler.project.api_grants import expand as expand
from reconciler.project.api_grants import grants_apis as grants_apis
from reconciler.project.group_paths import applied_paths as applied_paths
from reconciler.project.group_paths import delta_paths as delta_paths
from reconciler.project.projection import PortalProfile as PortalProfile
from reconciler.project.projection import Projection as Projection
from reconciler.project.projection import project as project
from reconciler.project.projection import project_live as project_live
from reconciler.project.renames import with_team_renames as with_team_renames
from reconciler.project.team_of_one import without_teams_of_one as without_teams_of_one
