"""The life of people in the groups of a real server, which another program changes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.directory import Directory, Evidence, GroupAnswer
from tests.servers.scim2_server import TOKEN, Scim2Server, scim2_server
from tests.sources.scim.opening import Place, ask_at, emails

pytestmark = [pytest.mark.real, pytest.mark.no_cover]

NAME = "Acme Developers"
_SUPPORTED = {"supported": True}
_NOT_SUPPORTED = {"supported": False}


def settings(page: int, *, filters: bool, **more: Any) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": _SUPPORTED,
        "bulk": _NOT_SUPPORTED,
        "filter": {"supported": filters, "maxResults": page},
        "changePassword": _NOT_SUPPORTED,
        "sort": _NOT_SUPPORTED,
        "etag": _NOT_SUPPORTED,
        **more,
    }


def read(server: Scim2Server, *names: str) -> Mapping[str, GroupAnswer]:
    return ask_at(
        Place(url=server.url, secret=TOKEN), lambda directory: directory.read(names, lambda *_: None)
    )


def evidence(server: Scim2Server, *ids: str) -> list[Evidence]:
    async def act(directory: Directory) -> list[Evidence]:
        await directory.read([NAME, "Others"], lambda *_: None)
        return list((await directory.confirm(NAME, ids)).values())

    return ask_at(Place(url=server.url, secret=TOKEN), act)


def active(answer: GroupAnswer) -> set[str]:
    return {each.email for each in answer.people if each.active}


def test_the_life_of_people_in_a_group(tmp_path: Path) -> None:
    with scim2_server(tmp_path) as server:
        ana, ben = server.add_user("ana@acme.example"), server.add_user("ben@acme.example")
        other = server.add_user("other@acme.example")
        group = server.add_group(NAME, ana, ben)
        server.add_group("Others", other)
        answers = read(server, NAME, "Nobody's")
        assert answers["Nobody's"].completeness == "absent"
        assert answers[NAME].completeness == "complete"
        assert {(each.id, each.email) for each in answers[NAME].people} == {
            (ana, "ana@acme.example"),
            (ben, "ben@acme.example"),
        }

        cid = server.add_user("cid@acme.example")
        below = server.add_group("Below", cid)
        server.set_members(group, ana, ben, groups=(below,))
        assert emails(read(server, NAME)[NAME]) == [
            "ana@acme.example",
            "ben@acme.example",
            "cid@acme.example",
        ]
        assert evidence(server, ana, cid, other) == ["member", "member", "left"]

        server.change_user(ana, email="ana@new.example")
        server.change_user(ben, active=False)
        answer = read(server, NAME)[NAME]
        assert active(answer) == {"ana@new.example", "cid@acme.example"}
        assert ana in {each.id for each in answer.people}
        assert evidence(server, ana, ben) == ["member", "left"]

        server.remove_user(cid)
        assert active(read(server, NAME)[NAME]) == {"ana@new.example"}
        assert evidence(server, cid) == ["left"]

        server.set_members(group)
        answers = read(server, NAME, "Others")
        assert (answers[NAME].completeness, answers["Others"].completeness) == ("empty", "complete")
        assert evidence(server, ana) == ["left"]

        dee = server.add_user("dee@acme.example")
        server.set_members(group, ana, dee, groups=(below,))
        last = active(read(server, NAME)[NAME])

    assert last == server.addresses(group) == {"ana@new.example", "dee@acme.example"}


@pytest.mark.parametrize(
    ("size", "filters", "more"),
    [
        (250, True, {}),
        (50, False, {}),
        (50, False, {"pagination": {"cursor": True, "index": False}}),
    ],
)
def test_many_people_in_a_group(tmp_path: Path, size: int, *, filters: bool, more: dict[str, Any]) -> None:
    with scim2_server(tmp_path, settings(20, filters=filters, **more)) as server:
        people = [server.add_user(f"p{number:03}@acme.example") for number in range(size)]
        for number in range(25):
            server.add_group(f"Group {number}")
        group = server.add_group(NAME, *people)

        answer = read(server, NAME)[NAME]

    assert answer.completeness == "complete"
    assert {each.id for each in answer.people} == set(people)
    assert active(answer) == server.addresses(group)
