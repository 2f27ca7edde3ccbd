"""Capture what a portal holds: turn its differences from the files into operations on the documents."""

from reconciler.edit.capture.capture import Captured as Captured
from reconciler.edit.capture.capture import NotCaptured as NotCaptured
from reconciler.edit.capture.capture import capture as capture
