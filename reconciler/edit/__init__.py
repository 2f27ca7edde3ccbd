"""Requests to YAML: what people ask for is read, checked, and written as a new document."""

from reconciler.edit.checking import problem as problem
from reconciler.edit.checking import problems as problems
from reconciler.edit.form import LABELS as LABELS
from reconciler.edit.form import read_form as read_form
from reconciler.edit.writing import field_at as field_at
from reconciler.edit.writing import partner_file as partner_file
