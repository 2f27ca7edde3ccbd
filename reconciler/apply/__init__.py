"""Apply a plan: verify its preconditions, write the changes, and verify that the portal persisted them."""

from reconciler.apply.batch_writes import write_batch as write_batch
from reconciler.apply.convergence import verify_convergence as verify_convergence
from reconciler.apply.executor import ExecutorOptions as ExecutorOptions
from reconciler.apply.executor import apply as apply
from reconciler.apply.preconditions import verify as verify
