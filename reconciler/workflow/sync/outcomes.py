"""Report the accounts that change nothing, and the partners whose account does not count any more."""

from collections.abc import Iterator

from reconciler.model.accounts import Accounts
from reconciler.model.document import Document
from reconciler.model.sync_report import NoticeReason, NotMapped, NotMappedReason, SyncNotice
from reconciler.workflow.sync.accounts import CountedAccounts
from reconciler.workflow.sync.mapping import MappedAccount
from reconciler.workflow.sync.partners import Partners, spec_of


class Outcomes:
    """Collects what people have to decide, and what they should know, with the place of the account."""

    def __init__(self) -> None:
        self.not_mapped: list[NotMapped] = []
        self.notices: list[SyncNotice] = []

    def refuse(
        self,
        mapped: MappedAccount,
        reason: NotMappedReason,
        message: str,
        hint: str,
        *,
        partner: str | None = None,
    ) -> None:
        """Note that an account changes nothing."""
        self.not_mapped.append(
            NotMapped(
                reason=reason,
                place=mapped.account.place,
                account=mapped.id,
                partner=partner,
                message=message,
                hint=hint,
            )
        )

    def notify(
        self, mapped: MappedAccount, reason: NoticeReason, message: str, hint: str, *, partner: str
    ) -> None:
        """Note what people should know about an account and its partner."""
        self.notices.append(
            SyncNotice(
                reason=reason,
                place=mapped.account.place,
                account=mapped.id,
                partner=partner,
                message=message,
                hint=hint,
            )
        )


def without_account(partners: Partners, counted: CountedAccounts, found: Accounts) -> Iterator[SyncNotice]:
    """Yield the partners whose accounts do not count, were merged, or are missing in a complete list."""
    if not found.accounts:
        message = "the source has no accounts, so nothing was compared"
        yield SyncNotice(reason="empty", place="", message=message, hint="check the export")
        return
    is_whole = not found.unread
    for key, documents in sorted(partners.by_id.items()):
        for document in documents:
            if spec_of(document).get("status") != "ended":
                yield from _notice(key, document, partners, counted, is_whole=is_whole)


def _notice(
    key: str, document: Document, partners: Partners, counted: CountedAccounts, *, is_whole: bool
) -> Iterator[SyncNotice]:
    name, place = str(document.name), str(document.where("metadata", "annotations"))
    reason: NoticeReason
    if key in counted.accounts or key in counted.refused:
        return
    if key in counted.merged:
        reason, left = "merged", counted.merged[key]
        others = partners.by_id.get(left)
        message = f"the account {key} of partner {name} was merged into {left}"
        hint = f"link the partner to the account {left}, or suspend it"
        if others:
            message = f"{message}, which is partner {others[0].name}"
            hint = "move its teams there with `reconciler move`, and end it"
        elif left in counted.accounts:
            # The account itself is reported, with the partner that it may be.
            return
    elif key in counted.filtered:
        reason, place = "filtered", counted.filtered[key]
        message = f"the account of partner {name} is not one of those that count"
        hint = "suspend or end the partner, or change where"
    elif is_whole:
        reason, message = "vanished", f"the account {key} of partner {name} is not in the source any more"
        hint = "suspend or end the partner if it is gone"
    else:
        return
    yield SyncNotice(reason=reason, place=place, account=key, partner=name, message=message, hint=hint)
