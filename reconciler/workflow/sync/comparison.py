"""Compare the accounts of a CRM with the partner files: what is created, changed, and left to people."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from reconciler.edit import Operation, annotation_set, scalar
from reconciler.model.accounts import Accounts
from reconciler.model.crm_settings import CrmSource
from reconciler.model.document import Document
from reconciler.model.sync_report import NotMapped, SyncedField, SyncedPartner, SyncNotice
from reconciler.workflow.preview import ProposedFile
from reconciler.workflow.sync.accounts import CountedAccounts, counted_accounts
from reconciler.workflow.sync.files import (
    FIELDS,
    Link,
    NewNames,
    changes,
    new_file_text,
    new_spec,
)
from reconciler.workflow.sync.mapping import AccountMapper, MappedAccount
from reconciler.workflow.sync.outcomes import Outcomes, without_account
from reconciler.workflow.sync.partners import Partners, spec_of

_MOST_NAMED: Final = 3


class SyncOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is synced, and how: the source with its name, its annotation, the day, the folder of new files.

    With `link`, a file whose partner is the only one like an account gets the annotation, unless rows are
    unread. `is_taken` returns whether there is a file with the name of a partner.
    """

    name: str
    source: CrmSource
    annotation: str
    today: str
    folder: str
    link: bool
    is_taken: Callable[[str], bool]


class Update(msgspec.Struct, frozen=True):
    """A partner that is changed, its document, and the operations on it."""

    partner: SyncedPartner
    document: Document
    operations: tuple[Operation, ...]


class Creation(msgspec.Struct, frozen=True):
    """A partner that is created, and its file."""

    partner: SyncedPartner
    file: ProposedFile


class Comparison(msgspec.Struct, frozen=True):
    """What the accounts change, and what they do not."""

    updates: tuple[Update, ...]
    creations: tuple[Creation, ...]
    not_mapped: tuple[NotMapped, ...]
    notices: tuple[SyncNotice, ...]
    filtered: int
    inactive: int


def compare(
    found: Accounts, documents: Sequence[Document], mapper: AccountMapper, options: SyncOptions
) -> Comparison:
    """Return what the accounts change in the files of partners."""
    counted = counted_accounts(found, mapper)
    partners = Partners(documents, options.annotation, counted.known)
    if found.unread:
        options = msgspec.structs.replace(options, link=False)
    comparer = _Comparer(partners, counted, mapper, options)
    comparer.compare()
    unread = (
        NotMapped(reason="unread", place=each.place, message=each.message, hint=each.hint)
        for each in found.unread
    )
    notices = without_account(comparer.partners, counted, found)
    outcomes = comparer.outcomes
    return Comparison(
        tuple(comparer.updates),
        tuple(comparer.creations),
        (*unread, *counted.problems, *outcomes.not_mapped),
        (*outcomes.notices, *notices),
        counted.left_out,
        comparer.inactive,
    )


class _Comparer:
    """Collects what becomes of each account that counts."""

    def __init__(
        self, partners: Partners, counted: CountedAccounts, mapper: AccountMapper, options: SyncOptions
    ) -> None:
        self.partners = partners
        self.updates: list[Update] = []
        self.creations: list[Creation] = []
        self.outcomes = Outcomes()
        self.inactive = 0
        self._accounts = counted.accounts
        self._mapper = mapper
        self._options = options
        self._names = NewNames(lambda name: name in partners.names or options.is_taken(name))
        self._losers: dict[str, list[str]] = {}
        for loser, left in counted.merged.items():
            self._losers.setdefault(left, []).append(loser)

    def compare(self) -> None:
        """Compare all accounts, in the order of their ids."""
        unlinked: list[tuple[MappedAccount, list[Document]]] = []
        for key, account in sorted(self._accounts.items()):
            mapped = self._mapper.mapped(account)
            documents = self.partners.by_id.get(key, [])
            if len(documents) > 1:
                places = " and ".join(self._place(each) for each in documents)
                self.outcomes.refuse(
                    mapped, "same-id", f"{places} have this id", "keep it in one of the files"
                )
            elif documents:
                self._update(documents[0], mapped)
            else:
                unlinked.append((mapped, self._candidates(mapped)))
        claims = Counter(id(each) for _, candidates in unlinked for each in candidates)
        for mapped, candidates in unlinked:
            if not candidates:
                self._create(mapped)
            elif self._options.link and len(candidates) == 1 and claims[id(candidates[0])] == 1:
                self._update(candidates[0], mapped, is_new=True)
            else:
                self._offer_link(mapped, candidates, claims)

    def _candidates(self, mapped: MappedAccount) -> list[Document]:
        """Return the partners that may be an account whose id is in no file."""
        merged = [
            document
            for loser in self._losers.get(mapped.id, ())
            for document in self.partners.by_id.get(loser, ())
        ]
        names = {self._name_text(mapped), str(mapped.new_value("displayName"))} - {""}
        return merged or self.partners.similar(names, mapped.domains)

    def _name_text(self, mapped: MappedAccount) -> str:
        column = self._options.source.name
        return mapped.account.values.get(column, "") if column else str(mapped.new_value("displayName"))

    def _update(self, document: Document, mapped: MappedAccount, *, is_new: bool = False) -> None:
        """Change a partner's file, which also gets the annotation if the id is new in it."""
        name, spec = str(document.name), spec_of(document)
        if spec.get("status") == "ended":
            if mapped.values.get("status", "active") == "active":
                message = f"partner {name} has ended, and its account has not"
                hint = "correct the CRM, or it is created again once its file is deleted"
                self.outcomes.notify(mapped, "ended", message, hint, partner=name)
            return
        if self._has_problems(mapped, name):
            return
        kept = [each for each in mapped.empty if spec.get(each)]
        if kept:
            message = f"the account has no {', '.join(kept)}, so partner {name} keeps what its file has"
            hint = "fill it in, or change the file by hand"
            self.outcomes.notify(mapped, "kept", message, hint, partner=name)
        found = list(changes(document, mapped))
        fields = [field for field, _ in found]
        operations = [each for _, group in found for each in group]
        if is_new:
            link = Link(self._options.annotation, mapped.id)
            before = self.partners.account(document) or None
            fields.insert(0, SyncedField(f"annotations.{link.annotation}", before, link.account))
            operations = [*annotation_set(document.data, link.annotation, link.account), *operations]
        if operations:
            partner = _synced(mapped, name, document.file, fields)
            self.updates.append(Update(partner, document, tuple(operations)))

    def _create(self, mapped: MappedAccount) -> None:
        """Create a file, unless the partner would have no access."""
        until = mapped.new_value("until")
        if mapped.new_value("status") == "suspended" or (until and str(until) < self._options.today):
            self.inactive += 1
            return
        spec, problems = new_spec(mapped, self._options.source.new)
        for each in problems:
            self.outcomes.refuse(mapped, "invalid", each.message, each.hint)
        if self._has_problems(mapped) or problems:
            return
        folder = self._options.folder
        name, wanted = self._names.name(self._name_text(mapped), mapped.id)
        if name != wanted:
            message = f"{name} has a number, because there is a partner {wanted} already"
            hint = "check that they are two companies"
            self.outcomes.notify(mapped, "similar-name", message, hint, partner=name)
        path = name if folder == "." else f"{folder}/{name}"
        text = new_file_text(name, Link(self._options.annotation, mapped.id), spec, folder)
        file = ProposedFile(f"{path}.yaml", None, text, ("Partner",))
        fields = [SyncedField(key, None, spec[key]) for key in FIELDS if key in spec]
        self.creations.append(Creation(_synced(mapped, name, file.path, fields), file))

    def _offer_link(
        self, mapped: MappedAccount, candidates: Sequence[Document], claims: Counter[int]
    ) -> None:
        """Report that an account may be a partner that exists, with the line that connects them."""
        line = f"{scalar(self._options.annotation)}: {scalar(mapped.id)}"
        places = [f"{each.name} ({each.file})" for each in candidates[:_MOST_NAMED]]
        more = f" and {len(candidates) - _MOST_NAMED:,} more" if len(candidates) > _MOST_NAMED else ""
        hint = f"add `{line}` to metadata.annotations of it"
        if len(candidates) > 1:
            message = f"this may be one of the partners {', '.join(places)}{more}"
        elif claims[id(candidates[0])] > 1:
            message = f"this and other accounts may be partner {places[0]}"
            hint = f"if it is, {hint}"
        else:
            message = f"this may be partner {places[0]}, by {self._reason(mapped, candidates[0])}"
            hint = f"{hint}, or use --link"
        name = str(candidates[0].name) if len(candidates) == 1 else None
        self.outcomes.refuse(mapped, "not-linked", message, hint, partner=name)

    def _reason(self, mapped: MappedAccount, document: Document) -> str:
        account = self.partners.account(document)
        if account in self._losers.get(mapped.id, ()):
            return f"its account {account}, which was merged into this one"
        names = {self._name_text(mapped), str(mapped.new_value("displayName"))} - {""}
        is_named = any(each is document for each in self.partners.similar(names, ()))
        reason = "its name" if is_named else "its domain"
        return f"{reason}; its account {account} was not found" if account else reason

    def _place(self, document: Document) -> str:
        return str(document.where("metadata", "annotations", self._options.annotation))

    def _has_problems(self, mapped: MappedAccount, partner: str | None = None) -> bool:
        for each in mapped.problems:
            self.outcomes.refuse(mapped, "invalid", each.message, each.hint, partner=partner)
        return bool(mapped.problems)


def _synced(mapped: MappedAccount, name: str, file: str, fields: Sequence[SyncedField]) -> SyncedPartner:
    return SyncedPartner(
        partner=name, file=file, account=mapped.id, place=mapped.account.place, fields=tuple(fields)
    )
