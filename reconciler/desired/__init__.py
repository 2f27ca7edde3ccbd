"""Build the desired state of a portal from the documents."""

from reconciler.desired.people import People as People
from reconciler.desired.state import build_desired_state as build_desired_state
