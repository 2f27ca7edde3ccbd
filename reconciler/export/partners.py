"""Partners with their teams, people, and the access that their own files have to name."""

from collections import Counter
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from reconciler.export.coverage import Coverage
from reconciler.export.draft import Draft
from reconciler.export.estate import Estate
from reconciler.export.fields import add_owner, display_name, grant_entry, has_ended
from reconciler.export.names import Names
from reconciler.export.terms import Terms
from reconciler.export.texts import is_text
from reconciler.model.counting import counted
from reconciler.model.identity import domain_of
from reconciler.model.ids import name_of
from reconciler.model.kinds import person_of
from reconciler.model.new_document import NewDocument
from reconciler.model.resource import Resource, ResourceId
from reconciler.model.source_map import Path

_MOST_DOMAINS = 5


class PartnerWriter:
    """Writes the documents of partners."""

    def __init__(self, estate: Estate, names: Names, coverage: Coverage, terms: Terms) -> None:
        self._estate, self._names, self._coverage, self._terms = estate, names, coverage, terms

    def document(self, partner_id: ResourceId) -> NewDocument:
        """Return the document of a partner."""
        names, terms = self._names, self._terms
        live = self._estate.objects.get(partner_id)
        draft = Draft("Partner", names.slug(partner_id), names.external(partner_id), terms.portal)
        fields = live.fields if live else {}
        teams = sorted(self._estate.teams[name_of(partner_id)], key=names.in_portal)
        blocked = frozenset(fields.get("blocked", ()))
        stored = "partner.displayName" in terms.stored
        draft.spec |= {
            "type": fields.get("type", "external"),
            "status": fields.get("status"),
            "displayName": display_name(live, stored, names.in_portal(partner_id), names.slug(partner_id)),
        }
        if "type" not in fields:
            draft.mark(("spec", "type"), "TODO: check the type, which the portal does not have")
        add_owner(draft, live, terms)
        draft.spec["domains"] = list(fields.get("domains", ()))
        if not draft.spec["domains"]:
            self._name_domains(draft, teams)
        if is_text(fields.get("agreement", "")):
            draft.spec["agreement"] = fields["agreement"]
        draft.spec["blocked"] = sorted(blocked)
        written = [each for each in teams if each in self._coverage.ids]
        draft.spec["teams"] = [
            self._team(draft, each, blocked, ("spec", "teams", number)) for number, each in enumerate(written)
        ]
        for each in teams:
            if each in self._coverage.left_out:
                reason = self._coverage.left_out[each]
                draft.comment(("spec", "teams"), f"Not written: team {names.in_portal(each)}; {reason}")
        return draft.finished()

    def _name_domains(self, draft: Draft, teams: Iterable[ResourceId]) -> None:
        """Add a comment with the most frequent domains; the portal says nothing about whose they are."""
        found = Counter(
            domain_of(person_of(each.id)) for team in teams for each in self._estate.members[team]
        )
        most = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        named = [f"{domain} ({count})" for domain, count in most[:_MOST_DOMAINS]]
        if len(most) > _MOST_DOMAINS:
            named.append(f"and {len(most) - _MOST_DOMAINS} more")
        used = f"; its people use {', '.join(named)}" if named else ""
        draft.comment(("spec", "teams"), f"TODO: domains, the e-mail domains that belong to it{used}")

    def _team(self, draft: Draft, team: ResourceId, blocked: frozenset[str], path: Path) -> dict[str, Any]:
        names, terms = self._names, self._terms
        live = self._estate.objects[team]
        stored = "team.displayName" in terms.stored
        data: dict[str, Any] = {
            "name": names.slug(team),
            "externalName": names.external(team),
            "displayName": display_name(live, stored, names.in_portal(team), names.slug(team)),
        }
        people = self._estate.members[team]
        current = [
            each for each in people if not has_ended(each, terms.today) and person_of(each.id) not in blocked
        ]
        admins = [each for each in current if each.fields.get("role") == "admin"]
        others = [each for each in current if each.fields.get("role") != "admin"]
        data["admins"] = [*map(_person, admins)]
        if not admins:
            draft.mark((*path, "admins"), "nobody manages the members; see the rule no-admin")
        is_delegated = live.fields.get("delegated", terms.keeps_unlisted)
        if not is_delegated or terms.include_members:
            data["members"] = [*map(_person, others)]
        elif others:
            draft.comment(
                (*path, "admins"), f"Not written: {counted(len(others), 'member')}, managed in the portal"
            )
        draft.list_left_out(
            (*path, "admins"), "Not written, because it has ended", _ended(people, blocked, terms.today)
        )
        data["access"] = self._access(draft, team, path)
        return data

    def _access(self, draft: Draft, team: ResourceId, path: Path) -> list[Any]:
        """Return the access to groups in files that do not name it, and comment on other groups.

        A file that names less than the portal has would take it away.
        """
        entries, others = [], list[str]()
        for grant in self._estate.held[team]:
            group = f"access-group/{grant.id.split('/')[1]}"
            if group in self._coverage.ids or grant.id in self._terms.granted:
                continue
            if group in self._terms.defined:
                if not has_ended(grant, self._terms.today):
                    entries.append(grant_entry("group", self._names.slug(group), grant))
            else:
                others.append(f"{self._names.in_portal(group)} ({grant.fields.get('level', 'consume')})")
        draft.list_left_out((*path, "name"), "Also has access to groups that no file defines", others)
        return sorted(entries, key=itemgetter("group"))


def _person(live: Resource) -> Any:
    return {"email": person_of(live.id), "until": live.fields.get("until")}


def _ended(people: Iterable[Resource], blocked: frozenset[str], today: str) -> Iterator[str]:
    """Yield the people who are left out, with the reason, unless the team's admins decide about them."""
    for each in people:
        person = person_of(each.id)
        if person in blocked:
            yield f"{person} (blocked)"
        elif each.state == "expired":
            yield f"{person} (invitation expired)"
        elif has_ended(each, today):
            yield f"{person} (ended on {each.fields['until']})"
