"""Transient access: access that people temporarily lose or gain between two changes of a plan."""

from typing import Literal

import msgspec

from reconciler.model.resource import ResourceId


class TransientAccess(msgspec.Struct, frozen=True, gc=False):
    """People whose level for `apis` may be below or above both levels before and after, between `changes`.

    If a run stops there, this lasts until the next plan is applied.
    """

    direction: Literal["below", "above"]
    apis: tuple[str, ...]
    people: tuple[str, ...]
    changes: tuple[ResourceId, ...]
