"""The sentences that the verbs make up: check, plan, apply, adopt, tell who reaches what."""

from reconciler.workflow.applying import Terms as Terms
from reconciler.workflow.applying import apply as apply
from reconciler.workflow.applying import require_applicable as require_applicable
from reconciler.workflow.applying import require_approved as require_approved
from reconciler.workflow.applying import require_complete as require_complete
from reconciler.workflow.basing import read_base as read_base
from reconciler.workflow.checking import Checked as Checked
from reconciler.workflow.checking import check as check
from reconciler.workflow.checking import exit_code as exit_code
from reconciler.workflow.checking import read_configuration as read_configuration
from reconciler.workflow.checking import require_readable as require_readable
from reconciler.workflow.checking import settings as settings
from reconciler.workflow.connecting import choose_portal as choose_portal
from reconciler.workflow.connecting import database_of as database_of
from reconciler.workflow.connecting import offered as offered
from reconciler.workflow.connecting import open_portal as open_portal
from reconciler.workflow.connecting import prepared as prepared
from reconciler.workflow.planning import Planned as Planned
from reconciler.workflow.planning import plan as plan
from reconciler.workflow.planning import plan_exit_code as plan_exit_code
from reconciler.workflow.planning import plan_files as plan_files
from reconciler.workflow.reaching import access_in_files as access_in_files
from reconciler.workflow.reaching import access_in_portal as access_in_portal
from reconciler.workflow.reaching import edges as edges
from reconciler.workflow.reaching import read_whole as read_whole
from reconciler.workflow.wishing import Wish as Wish
