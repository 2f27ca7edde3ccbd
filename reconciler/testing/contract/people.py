"""The contract about people: invitations, their answers, the end of access, and issued keys."""
# ruff: noqa: S101  a suite of tests asserts

from typing import Final

import pytest

from reconciler.model.resource import Resource
from reconciler.testing.contract.capability_skips import capabilities, first, need, second
from reconciler.testing.harness import (
    ALL,
    TODAY,
    PortalUnderTest,
    applied,
    asking,
    fields,
    plan,
    planned,
    quiet,
    reach,
    read,
    require_applied,
    require_complete,
    run,
)

_ANA: Final = "ana@acme.example"
_MEMBERSHIP: Final = f"membership/acme/ops/{_ANA}"
_GRANT: Final = "grant/gold/team/acme/ops"
_LAST_DAY: Final = "2027-01-31"
_DAY_AFTER: Final = "2027-02-01"


class PeopleContract:
    """The contract about the people of all portals."""

    def test_a_person_gets_one_mail_for_one_decision(self, ground: PortalUnderTest) -> None:
        """An invitation sends one mail; repeating it, or changing other fields, sends none."""
        _need_invitations(ground)
        run(reach(ground, asking(*first(ground))))
        sent, state = _sent(ground), _state(ground)
        run(reach(ground, asking(*first(ground))))
        run(reach(ground, asking(*second(ground))))

        assert (sent, state, _sent(ground)) == (1, "invited", 1)

    @pytest.mark.parametrize(("accept", "state"), [(True, "active"), (False, "declined")])
    def test_an_answered_invitation_is_no_difference(
        self, ground: PortalUnderTest, *, accept: bool, state: str
    ) -> None:
        """Accepted and declined invitations are recognized, and cause neither a change nor a mail."""
        _need_invitations(ground)
        run(reach(ground, asking(*first(ground))))
        run(ground.respond(_ANA, accept=accept))
        made = run(planned(ground, asking(*first(ground))))

        assert (_state(ground), made.changes, _sent(ground)) == (state, (), 1)
        assert fields(run(read(ground)).resources.values()) == fields(first(ground))

    def test_who_declined_reaches_nothing(self, ground: PortalUnderTest) -> None:
        """A declined invitation gives no access."""
        _need_invitations(ground)
        run(reach(ground, asking(*first(ground))))
        run(ground.respond(_ANA, accept=False))

        assert run(ground.effective_access(_ANA, TODAY)) == {}

    def test_what_the_invited_answer_in_between_stops_no_write(self, ground: PortalUnderTest) -> None:
        """A change of role or last day does not conflict with a person who accepts at the same time."""
        _need_invitations(ground)
        run(reach(ground, asking(*first(ground))))
        wanted = asking(*second(ground))

        async def late() -> Resource:
            async with ground.open() as portal:
                changes = plan(wanted, (await portal.read(ALL, quiet)).live).changes
                [change] = [each for each in changes if each.id == _MEMBERSHIP]
                await ground.respond(_ANA, accept=True)
                await require_applied(portal, change)
            return (await read(ground)).resources[_MEMBERSHIP]

        held = run(late())
        assert (held.state, held.fields) == ("active", wanted.resources[_MEMBERSHIP].fields)

    def test_an_expired_invitation_is_sent_again_once(self, ground: PortalUnderTest) -> None:
        """An expired invitation is planned again and sends one more mail; then the plan is empty."""
        _need_invitations(ground)
        run(reach(ground, asking(*first(ground))))
        today = run(ground.expire())
        state = _state(ground)
        made = run(planned(ground, asking(*first(ground), today=today)))
        receipt = run(applied(ground, made))

        assert (state, {each.kind for each in made.changes}) == ("expired", {"membership"})
        require_complete(receipt)
        assert (_state(ground), _sent(ground)) == ("invited", 2)
        assert run(planned(ground, asking(*first(ground), today=today))).changes == ()

    def test_an_expired_invitation_is_sent_again_for_what_is_wanted_now(
        self, ground: PortalUnderTest
    ) -> None:
        """Changes of role or last day are applied with the same mail."""
        _need_invitations(ground)
        run(reach(ground, asking(*first(ground))))
        today = run(ground.expire())
        receipt = run(reach(ground, asking(*second(ground), today=today)))

        require_complete(receipt)
        assert _sent(ground) == 2  # noqa: PLR2004  one for each invitation
        assert fields(run(read(ground)).resources.values()) == fields(second(ground))

    @pytest.mark.parametrize("ends", [_MEMBERSHIP, _GRANT])
    def test_an_end_ends_access_by_itself(self, ground: PortalUnderTest, ends: str) -> None:
        """Access works on the last day and ends automatically on the day after."""
        kind, can = ends.partition("/")[0], capabilities(ground)
        need(can=can.enforces_until, what="enforced last days")
        need(can=f"{kind}.until" in can.fields, what=f"a last day of a {kind}")
        wanted = [_ending(each) if each.id == ends else _endless(each) for each in first(ground)]
        run(reach(ground, asking(*wanted)))

        assert run(ground.effective_access(_ANA, _LAST_DAY)) != {}
        assert run(ground.effective_access(_ANA, _DAY_AFTER)) == {}

    def test_keys_outlive_grants_only_where_the_capabilities_say_so(self, ground: PortalUnderTest) -> None:
        """Keys that were issued before stop to work when the grant is deleted, or the portal declares it."""
        wanted = [_consuming(_endless(each)) for each in first(ground)]
        run(reach(ground, asking(*wanted)))
        before = run(ground.effective_access(_ANA, TODAY))
        run(reach(ground, asking(*(each for each in wanted if each.kind not in {"grant", "api-grant"}))))
        after = run(ground.effective_access(_ANA, TODAY))

        assert (before != {}, after != {}) == (True, capabilities(ground).keys_outlive_grants)


def _need_invitations(ground: PortalUnderTest) -> None:
    need(can=capabilities(ground).invitations, what="invitations")


def _sent(ground: PortalUnderTest) -> int:
    return run(ground.mail_count(_ANA))


def _state(ground: PortalUnderTest) -> str | None:
    return run(read(ground)).resources[_MEMBERSHIP].state


def _endless(each: Resource) -> Resource:
    return Resource(
        each.id, {key: each.fields[key] for key in each.fields.keys() - {"until"}}, each.owner_label
    )


def _consuming(each: Resource) -> Resource:
    """Return a grant of the level that keys need."""
    fields = {**each.fields, "level": "consume"} if "level" in each.fields else each.fields
    return Resource(each.id, fields, each.owner_label)


def _ending(each: Resource) -> Resource:
    return Resource(each.id, {**each.fields, "until": _LAST_DAY}, each.owner_label)
