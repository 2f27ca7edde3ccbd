"""Plan to receipt: checks that the portal is still as the plan saw it, writes, and looks whether it held."""

from reconciler.apply.settling import settle as settle
from reconciler.apply.verifying import verify as verify
from reconciler.apply.writing import Conduct as Conduct
from reconciler.apply.writing import apply as apply
