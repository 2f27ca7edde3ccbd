"""What pages do with many members at once, and people with their own membership."""

from typing import Final

from reconciler.portal_server.operations import member_list, member_preview, members, responses
from reconciler.portal_server.operations.operation import ADMIN_AND_TEAM, PEOPLE, PERSON_AND_TEAM, Operation

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="",
        name="browse-members",
        summary="List the members of a team",
        run=member_list.browse,
        scopes=PEOPLE,
        query=member_list.BrowseQuery,
        reply=responses.ListedMembers,
        for_pages=True,
    ),
    Operation(
        method="POST",
        path="",
        name="find-members",
        summary="Find members of a team by their ids",
        run=member_list.find,
        scopes=ADMIN_AND_TEAM,
        body=member_list.Ids,
        reply=list[responses.ListedMember],
        for_pages=True,
    ),
    Operation(
        method="POST",
        path="",
        name="preview-members",
        summary="Preview what creating members would do",
        run=member_preview.show,
        scopes=ADMIN_AND_TEAM,
        body=member_preview.Addresses,
        reply=member_preview.Preview,
        for_pages=True,
    ),
    Operation(
        method="DELETE",
        path="",
        name="leave-team",
        summary="Leave a team",
        run=members.leave,
        scopes=PERSON_AND_TEAM,
        status=204,
        for_pages=True,
    ),
)
