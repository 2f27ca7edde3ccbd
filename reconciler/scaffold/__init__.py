"""The files of a new repository: configuration, catalog, settings of editors, and pipelines of a forge."""

from reconciler.scaffold.configuration import catalog as catalog
from reconciler.scaffold.configuration import configuration as configuration
from reconciler.scaffold.editors import editor_files as editor_files
from reconciler.scaffold.pipelines import form_files as form_files
from reconciler.scaffold.pipelines import is_action as is_action
from reconciler.scaffold.pipelines import pipeline_files as pipeline_files
from reconciler.scaffold.pipelines import pre_commit_file as pre_commit_file
from reconciler.scaffold.portals import EXAMPLES as EXAMPLES
from reconciler.scaffold.portals import portal_at as portal_at
from reconciler.scaffold.portals import portal_of_type as portal_of_type
from reconciler.scaffold.portals import type_of as type_of
from reconciler.scaffold.settings import CI as CI
from reconciler.scaffold.settings import NewRepository as NewRepository
from reconciler.scaffold.settings import Owner as Owner
from reconciler.scaffold.settings import PortalEntry as PortalEntry
from reconciler.scaffold.settings import Source as Source
