"""Compare the desired state with the live state and compute the changes."""

from reconciler.diff.addresses import at_live_addresses as at_live_addresses
from reconciler.diff.difference import Difference as Difference
from reconciler.diff.difference import adoption as adoption
from reconciler.diff.difference import diff as diff
from reconciler.diff.difference import explained as explained
from reconciler.diff.lowering import lowered as lowered
from reconciler.diff.renames import effective_renames as effective_renames
from reconciler.diff.three_way import Branched as Branched
from reconciler.diff.three_way import branch as branch
