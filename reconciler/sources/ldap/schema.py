"""What entries mean: which are groups, who is in them, and who is a person with which identity."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from reconciler.model.directory import DirectoryPerson
from reconciler.model.directory_settings import LdapSource
from reconciler.model.printable import printable
from reconciler.sources.ldap.entries import GUID, Entry, id_text
from reconciler.sources.ldap.names import any_of, folded

LOGIN: Final = "uid"
LOGIN_MEMBERS: Final = "memberUid"
MEMBER_OF: Final = "memberOf"
# The object classes of groups, each with the attribute that has its members.
_CLASSES: Final[Mapping[str, str]] = {
    "groupOfNames": "member",
    "groupOfMembers": "member",
    "group": "member",
    "groupOfUniqueNames": "uniqueMember",
    "posixGroup": LOGIN_MEMBERS,
}
_ACTIVE_DIRECTORY_CLASS: Final = "group"
_DYNAMIC: Final = frozenset({"groupofurls", "dynamicgroup"})
NAME_MEMBERS: Final = ("member", "uniqueMember")
IS_GROUP: Final = any_of("objectClass", _CLASSES)
# The time in OpenLDAP that means: locked by an administrator, not by wrong passwords.
_LOCKED_FOR_EVER: Final = "000001010000Z"
_ACCOUNT_CONTROL: Final = "userAccountControl"
_ACCOUNT_DISABLED: Final = 2
_NUMBER: Final = re.compile(r"-?[0-9]{1,10}")
_DISABLED: Final[Mapping[str, tuple[str, ...]]] = {
    "pwdAccountLockedTime": (_LOCKED_FOR_EVER,),
    "nsAccountLock": ("true",),
}


def member_attributes(entry: Entry) -> tuple[str, ...]:
    """Return the attributes that have the members of a group; none for an entry that is not a group."""
    found = (attribute for name, attribute in _CLASSES.items() if name.lower() in entry.classes)
    return tuple(dict.fromkeys(found))


def is_dynamic(entry: Entry) -> bool:
    """Return whether an entry is a group whose members are those of a search."""
    return bool(entry.classes & _DYNAMIC)


def is_active_directory_group(entry: Entry) -> bool:
    """Return whether an entry is a group of Active Directory."""
    return _ACTIVE_DIRECTORY_CLASS in entry.classes


def shown(entry: Entry) -> str:
    """Return the DN of an entry for messages."""
    return printable(entry.dn)


class Schema(msgspec.Struct, frozen=True):
    """The attributes of one server. `dn` is the one that can be searched for a DN."""

    id: str
    email: str
    group_name: str
    dn: str
    disabled: Mapping[str, tuple[str, ...]]

    @property
    def attributes(self) -> Sequence[str]:
        """What is read of each entry."""
        known = ("objectClass", self.id, self.email, self.group_name, LOGIN, MEMBER_OF, _ACCOUNT_CONTROL)
        return tuple(dict.fromkeys((*known, *NAME_MEMBERS, LOGIN_MEMBERS, *self.disabled)))

    def identity(self, entry: Entry) -> str:
        """Return the identity of a person. Raises ValueError, with the reason, if it cannot be read."""
        values = entry.values.get(self.id.lower(), ())
        if len(values) != 1:
            raise ValueError(f"{shown(entry)} has {'several' if values else 'no readable'} {self.id}")
        return id_text(self.id, values[0])

    def addresses(self, entry: Entry) -> list[str]:
        """Return the addresses of a person, sorted."""
        return sorted({each.strip() for each in entry.texts(self.email) if each.strip()})

    def is_disabled(self, entry: Entry) -> bool:
        """Return whether the account of a person is disabled."""
        controls = [each for each in entry.texts(_ACCOUNT_CONTROL) if _NUMBER.fullmatch(each)]
        if any(int(each) & _ACCOUNT_DISABLED for each in controls):
            return True
        return any(
            {folded(each) for each in entry.texts(attribute)} & {folded(each) for each in values}
            for attribute, values in self.disabled.items()
        )

    def person(self, entry: Entry) -> DirectoryPerson:
        """Return a person. Raises ValueError, with the reason, if its identity cannot be read."""
        email = next(iter(self.addresses(entry)), "")
        return DirectoryPerson(self.identity(entry), email, active=not self.is_disabled(entry))


def schema_of(settings: LdapSource, *, active_directory: bool) -> Schema:
    """Return the attributes of the settings, with the defaults for this kind of server."""
    disabled = dict(_DISABLED)
    if own := settings.disabled:
        disabled[own.attribute] = (*disabled.get(own.attribute, ()), *own.values)
    return Schema(
        id=settings.id or (GUID if active_directory else "entryUUID"),
        email=settings.email,
        group_name=settings.group_name,
        dn="distinguishedName" if active_directory else "entryDN",
        disabled=disabled,
    )
