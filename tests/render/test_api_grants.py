"""Plans and reports of grants of APIs that only a portal has: there is no access group on a path."""

from reconciler.access import AccessState, forecast, impact, report
from reconciler.diff import diff
from reconciler.model.access import AccessReport
from reconciler.model.graph.delta import Delta
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.plan import Plan, Summary
from reconciler.model.resource import Resource
from reconciler.policy import RuleContext, risks
from reconciler.project.api_grants import expand
from reconciler.render import html, markdown, text
from tests.builders import group, partner, repository, team
from tests.render.plans import bare, lines
from tests.states import TODAY, accepted, live, wanted

BOTH = group("tracking", apis=["track", "rates"])
GIVEN = group("single", apis=["rates"], grants=[{"developer": "sam@indie.example", "until": "2027-01-31"}])
SUMMARY = Summary(create=3, delete=1, unchanged=3, people_gaining=2, people_losing=1)
ACME = partner("acme", team("ops", access=["tracking"]))


def planned() -> Plan:
    """Return the plan that grants two APIs to a team and one to a person, and removes another."""
    desired = expand(wanted(BOTH, GIVEN, ACME))
    old = Resource("api-grant/labels/team/acme/ops", {"level": "view"})
    held = [each for each in desired.resources.values() if each.kind != "api-grant"]
    state = live([*map(accepted, held), old])
    changes = diff(desired, state).changes
    effect = impact(Delta(state.resources, changes), TODAY)
    context = RuleContext(repository(BOTH, GIVEN, ACME), TODAY, desired, state, changes, effect)
    return bare(changes=changes, summary=SUMMARY, access=effect, risks=risks(context, ()))


def reported() -> AccessReport:
    return report(Reach(gather(granted().values()), TODAY), {}, source="files")


def granted() -> dict[str, Resource]:
    return expand(wanted(BOTH, GIVEN, ACME)).resources


def test_a_plan_shows_granted_apis_by_partner_and_by_person() -> None:
    assert text.plan(planned(), color=False) == lines(
        """
        Plan for local (our-company), 2026-11-24

        partner acme  partners/acme.yaml
            team       ops
              - grant  → labels
              + grant  → rates   consume  :15
              + grant  → track   consume  :15

        API grant sam@indie.example → rates  access-groups/single.yaml
          + grant  sam@indie.example  consume until 2027-01-31  :13

        Who gains access
          + acme/ops, 1 person: ana@acme.example
              rates, track  none → consume  directly
          + sam@indie.example
              rates  none → consume  directly, until 2027-01-31
        Who loses access
          - acme/ops, 1 person: ana@acme.example
              labels  view → none  directly

        Risks
          high  Access opened: `rates` (restricted) is now open to 2 people (`acme/ops`, `sam@indie.example`)
          high  Access opened: `track` (restricted) is now open to 1 person (`acme/ops`)
          low   Removed: 1 grant of `acme` is removed

        Plan: 3 to create, 0 to update, 1 to delete; 3 unchanged. 2 people gain access, 1 person loses access.
        """
    )


def test_a_report_shows_that_an_api_is_granted_directly() -> None:
    assert text.access(reported(), color=False) == lines(
        """
        PERSON             TEAM              API    LEVEL    VIA       UNTIL
        ana@acme.example   acme/ops (admin)  rates  consume  directly  -
        ana@acme.example   acme/ops (admin)  track  consume  directly  -
        sam@indie.example  -                 rates  consume  directly  2027-01-31
        2 people have access to 2 APIs.
        """
    )


def test_an_explanation_has_no_group() -> None:
    assert text.explanation(reported(), {}, color=False) == lines(
        """
        ana@acme.example may consume rates
            is an admin of team acme/ops  only in the portal
            which has API rates           only in the portal
        ana@acme.example may consume track
            is an admin of team acme/ops  only in the portal
            which has API track           only in the portal
        sam@indie.example may consume rates until 2027-01-31
            has API rates  only in the portal
        2 people have access to 2 APIs.
        """
    )


def test_a_forecast_names_the_grant_that_expires() -> None:
    resources = granted()
    state = AccessState(source="files", resources=resources, wanted=resources, partners={})

    assert text.forecast(forecast(state, TODAY, "2027-12-31"), color=False) == lines(
        """
        2027-02-01
          sam@indie.example
              rates  consume → none  API grant expires  access-groups/single.yaml:14:12
        1 person loses access to 1 API on 1 day, after 2026-11-24 and up to 2027-12-31.
        """
    )


def test_a_comment_shows_that_an_api_is_granted_directly() -> None:
    assert markdown.plan(planned()).count("| directly |") == 3


def test_a_page_shows_that_an_api_is_granted_directly() -> None:
    page = html.plan(planned())
    assert page.count("<td>directly</td>") == 3
