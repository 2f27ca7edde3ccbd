"""Passing access: what people may lose or see for a while only, between two changes of one plan."""

from typing import Literal

import msgspec

from reconciler.model.resource import ResourceId


class TransientAccess(msgspec.Struct, frozen=True, gc=False):
    """People who may, between `changes`, be below or above both of their levels for `apis`, before and after.

    A run that stops there leaves them so until the next plan is applied.
    """

    direction: Literal["below", "above"]
    apis: tuple[str, ...]
    people: tuple[str, ...]
    changes: tuple[ResourceId, ...]
