"""The rights that the account needs."""

from typing import Final

RIGHTS: Final = (
    "give the account the role Apigee Read-only Admin to plan, and also Apigee Developer Admin to apply,"
    " or custom roles with the permissions that are needed"
)
