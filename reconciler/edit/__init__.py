"""Read and check requests of people, and write them into new or existing YAML files."""

from reconciler.edit.access import Access as Access
from reconciler.edit.access import granted as granted
from reconciler.edit.access import revoked as revoked
from reconciler.edit.document_writer import document_text as document_text
from reconciler.edit.document_writer import file_text as file_text
from reconciler.edit.document_writer import schema_of as schema_of
from reconciler.edit.issue_form import LABELS as LABELS
from reconciler.edit.issue_form import read_form as read_form
from reconciler.edit.issue_form import several as several
from reconciler.edit.members import MemberChanges as MemberChanges
from reconciler.edit.members import added as added
from reconciler.edit.members import removed as removed
from reconciler.edit.operations import Operation as Operation
from reconciler.edit.operations import changed as changed
from reconciler.edit.partner_file import field_at as field_at
from reconciler.edit.partner_file import partner_file as partner_file
from reconciler.edit.people_csv import ListedPerson as ListedPerson
from reconciler.edit.people_csv import People as People
from reconciler.edit.people_csv import read_people as read_people
from reconciler.edit.validation import ONLY_VIEW as ONLY_VIEW
from reconciler.edit.validation import problem as problem
from reconciler.edit.validation import problems as problems
from reconciler.edit.validation import too_early as too_early
from reconciler.edit.yaml_patch import patched as patched
