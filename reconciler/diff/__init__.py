"""Compare the desired state with the live state and compute the changes."""

from reconciler.diff.difference import Difference as Difference
from reconciler.diff.difference import adoption as adoption
from reconciler.diff.difference import diff as diff
from reconciler.diff.difference import explained as explained
from reconciler.diff.lowering import lowered as lowered
from reconciler.diff.three_way import Branched as Branched
from reconciler.diff.three_way import branch as branch
