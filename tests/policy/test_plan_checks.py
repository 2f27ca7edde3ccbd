from reconciler.desired import build_desired_state
from reconciler.model.document import Document
from reconciler.model.plan import Change
from reconciler.model.resource import Desired, Live, Resource
from tests.builders import catalog, configuration, group, partner, repository, team
from tests.policy.judging import TODAY, judged

HINT = "if this is intended, set allowEmpty: true in the configuration"
OURS = Resource("partner/acme", {}, "our-company")
THEIRS = Resource("partner/acme", {}, "another-company")
ADMIN = {"role": "admin"}
MEMBER = {"role": "member"}


def desired(*documents: Document) -> Desired:
    return build_desired_state(repository(*documents), TODAY)


def live(*resources: Resource) -> Live:
    return Live("6f1c", {resource.id: resource for resource in resources}, {})


def test_files_may_define_nothing_before_anything_is_managed() -> None:
    assert judged("empty-state", catalog("t")) == []
    assert judged("empty-state", catalog("t"), desired=desired(catalog("t")), live=live(THEIRS)) == []


def test_files_that_define_nothing_are_reported_at_their_paths_if_the_portal_has_managed_objects() -> None:
    assert judged("empty-state", catalog("t"), desired=desired(catalog("t")), live=live(OURS)) == [
        (
            "reconciler.yaml:7:5",
            "the desired state is empty, and everything managed in the portal would be deleted",
            HINT,
        )
    ]


def test_an_empty_desired_state_is_reported_if_the_portal_has_managed_objects() -> None:
    ended = partner("acme", status="ended")

    assert judged("empty-state", ended, desired=desired(ended), live=live(OURS)) == [
        (
            "reconciler.yaml:7:5",
            "the desired state is empty, and everything managed in the portal would be deleted",
            HINT,
        )
    ]


def test_asking_for_nothing_is_fine_where_the_configuration_says_so() -> None:
    ended, allowed = partner("acme", status="ended"), configuration(allow_empty=True)

    assert judged("empty-state", ended, configured=allowed, desired=desired(ended), live=live(OURS)) == []


def test_asking_for_something_is_fine_whatever_the_portal_holds() -> None:
    assert judged("empty-state", group(), desired=desired(group()), live=live(OURS)) == []


def test_an_empty_desired_state_is_fine_if_the_portal_has_no_managed_objects() -> None:
    ended = partner("acme", status="ended")

    assert judged("empty-state", ended, desired=desired(ended), live=live(THEIRS)) == []


def test_an_admin_who_becomes_a_delegated_member_keeps_access() -> None:
    acme = partner("acme", team("integ"), team("listed", members=[]))
    changes = [
        Change(
            id=f"membership/acme/{name}/bo@acme.example",
            kind="membership",
            action="update",
            before=before,
            after=after,
        )
        for name, before, after in (
            ("integ", ADMIN, MEMBER),
            ("integ", MEMBER, ADMIN),
            ("listed", ADMIN, MEMBER),
        )
    ]

    assert judged("keeps-access", acme, desired=desired(acme), changes=changes) == [
        (
            "partners/acme.yaml:13:5",
            'bo@acme.example is no longer listed as an admin of team "acme/integ", but remains a member',
            "ask its admins to remove the person, or use blocked to remove them from all teams",
        )
    ]


def test_other_changes_keep_no_access() -> None:
    changes = [Change(id="access-group/tracking", kind="access-group", action="delete")]

    assert judged("keeps-access", group(), desired=desired(group()), changes=changes) == []
