"""Plan to receipt: checks that the portal is still as the plan saw it, writes, and looks whether it held."""

from reconciler.apply.convergence import verify_convergence as verify_convergence
from reconciler.apply.executor import ExecutorOptions as ExecutorOptions
from reconciler.apply.executor import apply as apply
from reconciler.apply.preconditions import verify as verify
