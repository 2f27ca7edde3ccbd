"""Turn the live state of a portal into documents, with comments about what they leave out and why."""

from reconciler.export.catalog import catalog_data as catalog_data
from reconciler.export.documents import Exported as Exported
from reconciler.export.documents import ExportedDocument as ExportedDocument
from reconciler.export.documents import export as export
from reconciler.export.terms import Terms as Terms
