"""What a branch touches: the objects that its documents define, and the documents that these depend on."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any, Literal

import msgspec

from reconciler.desired import People, build_desired_state
from reconciler.model.document import (
    Catalog,
    Document,
    Partner,
    Repository,
)
from reconciler.model.document import People as PeopleDocument
from reconciler.model.hierarchy import is_unmanaged_grant
from reconciler.model.identity import canonical_email
from reconciler.model.ids import kind_of
from reconciler.model.kinds import name_in, parents, person_of
from reconciler.model.people_lock import ROLES, ListedPerson
from reconciler.model.plan import Coverage
from reconciler.model.portal_names import external_names, object_of
from reconciler.model.resource import Desired, Live, ResourceId
from reconciler.model.snapshot import Excerpt
from reconciler.workflow.changed_documents import changed_documents
from reconciler.workflow.plan.document_links import Links, linked, links_of, relevant
from reconciler.workflow.validate import settings


class Touched(msgspec.Struct, frozen=True, dict=True):
    """What a branch changes, and the names of the documents that decide about it.

    `names` are ids of partners, groups and products; None means all documents. `base` and `head` are whole.
    `links` are the former names in them. `groups` are not changed, but all their grants matter.
    """

    base: Repository
    head: Repository
    coverage: Coverage
    names: frozenset[ResourceId] | None
    links: Links
    groups: frozenset[ResourceId] = frozenset()

    def of(self, repository: Repository) -> Repository:
        """Return the repository with only the documents that matter; all catalogs and people.lock do."""
        if repository is self.head:
            return self._of_head
        return self._of_base if repository is self.base else self._part(repository)

    @cached_property
    def _of_head(self) -> Repository:
        return self._part(self.head)

    @cached_property
    def _of_base(self) -> Repository:
        return self._part(self.base)

    def _part(self, repository: Repository) -> Repository:
        if self.names is None:
            return repository
        kept = {*self.names, None}
        documents = tuple(each for each in repository.documents if object_of(each.body) in kept)
        return msgspec.structs.replace(repository, documents=documents)

    def desired(self, repository: Repository, today: str) -> Desired:
        """Return the desired state of the documents that matter; the names in the portal are those of all."""
        desired = build_desired_state(self.of(repository), today)
        return msgspec.structs.replace(desired, external_names=external_names(repository.documents))

    def excerpt(self, today: str) -> Excerpt | Literal["all"]:
        """Return what has to be read of a portal: the chosen objects, their parents, and people."""
        states = [build_desired_state(self.of(each), today) for each in (self.head, self.base)]
        if self.coverage.ids and not states[0].resources:
            # Perhaps all files together define nothing, which a rule has to see.
            return "all"
        objects, contents, people = {*self.coverage.ids, *self.groups}, set[ResourceId](), set[str]()
        for state in states:
            covered = list(filter(self.coverage.includes, chain(state.resources, state.because)))
            above = {parent for each in covered for parent in parents(each)}
            contents.update(each for each in above if kind_of(each) in {"access-group", "api-product"})
            objects.update(
                each for each in above if kind_of(each) == "team" and not self.coverage.includes(each)
            )
            people.update(map(person_of, filter(_has_person, covered)))
        for each in self._with_former_names():
            (objects if kind_of(each) == "partner" else contents).add(each)
        return Excerpt(
            objects=frozenset(objects), contents=frozenset(contents - objects), people=frozenset(people)
        )

    def _with_former_names(self) -> Iterable[ResourceId]:
        """Return the names that former names link: only the portal shows which of them are in use."""
        return linked(self.links, self.links if self.names is None else self.links.keys() & self.names)

    def seen_in(self, live: Live) -> "Touched | None":
        """Return this with the documents and groups that decide about grants which only the portal has.

        Return None if the whole portal was read, so that it is compared with all documents.
        """
        if live.whole:
            return None
        grants = [each for each in live.resources if kind_of(each) == "grant"]
        seen = {_documented(above) for each in grants for above in parents(each)}
        groups = self.groups.union(self._with_unmanaged_teams(grants, live))
        if (self.names is None or seen <= self.names) and groups == self.groups:
            return self
        names = None if self.names is None else self.names | linked(self.links, seen)
        return msgspec.structs.replace(self, names=names, groups=groups)

    def _with_unmanaged_teams(self, grants: Iterable[ResourceId], live: Live) -> Iterator[ResourceId]:
        """Yield the groups that teams of the chosen partners have although they are not managed here.

        One finding about a group names all such teams.
        """
        configuration = self.head.configuration
        scope, external = str(configuration.name), settings(configuration).spec.external.partners
        for each in grants:
            group = parents(each)[0]
            if (
                self.coverage.includes(each)
                and not self.coverage.includes(group)
                and is_unmanaged_grant(each, live.resources, scope, external)
            ):
                yield group


def find_touched(base: Repository, head: Repository) -> Touched | None:
    """Return what a branch touches, or None where its configuration changes what all objects are."""
    if _decides_about_all(base) != _decides_about_all(head):
        return None
    changed = list(chain.from_iterable(changed_documents(base, head)))
    every = (*head.documents, *changed)
    own = (each for document in changed if (each := object_of(document.body)) is not None)
    links = links_of(every)
    names = linked(links, (*own, *_with_other_people(base, head, changed)))
    is_catalog = any(isinstance(each.body, Catalog) for each in changed)
    return Touched(base, head, Coverage.of(names), None if is_catalog else relevant(every, names), links)


def _decides_about_all(repository: Repository) -> Any:
    """Return the settings that make something of objects which a branch does not change otherwise."""
    body = settings(repository.configuration)
    spec = body.spec
    return body.metadata.name, {*spec.external.partners}, spec.unmanaged_grants, spec.portals


def _with_other_people(
    base: Repository, head: Repository, changed: Iterable[Document]
) -> Iterator[ResourceId]:
    """Yield the partners whose teams have other people because people.lock changed."""
    if not any(isinstance(each.body, PeopleDocument) for each in changed):
        return
    before, after = ({object_of(each.body): each for each in side.documents} for side in (base, head))
    had, has = People(base.documents), People(head.documents)
    for name, document in after.items():
        known = before.get(name)
        if name is not None and known is not None and _people(had, known) != _people(has, document):
            yield name


def _people(people: People, document: Document) -> Any:
    """Return the people of each role of a partner's teams, and those who are blocked."""
    body = document.body
    if not isinstance(body, Partner):
        return None
    found = (people.of(document, number, role) for number in range(len(body.spec.teams)) for role in ROLES)
    listed_people = [None if each is None else [_described(it, people) for it in each] for each in found]
    return listed_people, people.with_all_addresses(document, map(canonical_email, body.spec.blocked))


def _described(person: ListedPerson, people: People) -> Any:
    return canonical_email(person.email), person.until, people.former_addresses(person)


def _documented(resource_id: ResourceId) -> ResourceId:
    """Return the partner, group or product in whose document an object is defined."""
    partner = name_in(resource_id, "partner")
    return resource_id if partner is None else f"partner/{partner}"


def _has_person(resource_id: ResourceId) -> bool:
    return name_in(resource_id, "person") is not None
