"""The sentences that the verbs make up: check, plan, apply, adopt, explain who reaches what."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

import msgspec

from reconciler import __version__
from reconciler.errors import IncompleteError, InputError, PolicyError, PortalError
from reconciler.model.access import AccessFilter, AccessReport, Impact
from reconciler.model.document import Catalog, Configuration, Document, EmbeddedPortal, Repository
from reconciler.model.finding import Finding, Source, in_order
from reconciler.model.moment import stamp
from reconciler.model.plan import Change, Plan, PlanSource, Summary, effects_digest, sealed
from reconciler.model.portal import Capabilities, Portal, Progress
from reconciler.model.quiet_collector import quiet_collector
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired, Live, OfferedApi, ResourceId
from reconciler.model.rule import denials, file_errors
from reconciler.model.secret import SecretText

if TYPE_CHECKING:
    from reconciler.portal_server import ApiEntry

AT_ONCE: Final = 8


class Checked(msgspec.Struct, frozen=True):
    """The files, read and judged; `repository` is None where there is no readable configuration."""

    repository: Repository | None
    findings: tuple[Finding, ...]
    today: str


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who plans says about the plan: its portal, time, commit, and what is to be adopted.

    `adopt` are ids; None plans what the files ask for. `allow` are digests of plans that pass the guard.
    """

    portal: str
    now: datetime
    commit: str | None = None
    adopt: tuple[str, ...] | None = None
    adopt_all: bool = False
    only_expired: bool = False
    allow: tuple[str, ...] = ()
    capabilities: Capabilities | None = None


class Planned(msgspec.Struct, frozen=True):
    """A plan, or why there is none: then `plan` is None and the findings hold errors of the files."""

    plan: Plan | None
    findings: tuple[Finding, ...]


def check(configuration: Path, today: str) -> Checked:
    """Read and judge the files that a configuration names; no network, no secrets."""
    from reconciler.load import load, load_configuration  # noqa: PLC0415  start-up counts
    from reconciler.policy import World, judge  # noqa: PLC0415
    from reconciler.schema import schemas  # noqa: PLC0415

    with quiet_collector():
        known = schemas()
        document, findings = load_configuration(configuration, known)
        if document is None or document.body is None:
            return Checked(None, tuple(in_order(findings)), today)
        repository, found = load(document, configuration.parent, known)
        findings += found
        findings += judge(World(repository, today))
    return Checked(repository, tuple(in_order(findings)), today)


def read_configuration(path: Path) -> Document:
    """Read a configuration alone. Raises InputError that holds all that is wrong with it."""
    from reconciler.load import load_configuration  # noqa: PLC0415  start-up counts
    from reconciler.schema import schemas  # noqa: PLC0415

    document, findings = load_configuration(path, schemas())
    wrong = file_errors(findings)
    if document is None or document.body is None or wrong:
        said = "\n".join(f"{found.file}:{found.line}:{found.column}: {found.message}" for found in wrong)
        raise InputError(said or f"{path} is no configuration", wrong[0].hint if wrong else "")
    return document


def exit_code(findings: Iterable[Finding]) -> int:
    """Return the exit code that findings alone lead to: 1 for errors of the files, 3 for denials, else 0."""
    findings = list(findings)
    if file_errors(findings):
        return InputError.exit_code
    return PolicyError.exit_code if denials(findings) else 0


def plan_exit_code(made: Plan, *, detailed: bool) -> int:
    """Return the exit code of a plan: 5 incomplete, 3 denied, 2 changes when asked for, else 0."""
    if not made.complete:
        return PortalError.exit_code
    return exit_code(made.findings) or (2 if detailed and made.changes else 0)


def settings(document: Document) -> Configuration:
    """Return the configuration that a document holds; it was read without errors."""
    if not isinstance(document.body, Configuration):
        raise InputError(f"{document.file} is no configuration")
    return document.body


def choose_portal(document: Document, name: str | None) -> tuple[str, EmbeddedPortal]:
    """Return name and settings of the portal of that name, or of the default one. Raises InputError."""
    spec = settings(document).spec
    chosen = name or spec.default_portal
    known = ", ".join(spec.portals) or "none"
    if chosen is None:
        raise InputError(
            "no portal is chosen", f"name one with --portal, or set defaultPortal; known: {known}"
        )
    if chosen not in spec.portals:
        raise InputError(f'portal "{chosen}" does not stand in {document.file}', f"known: {known}")
    return chosen, spec.portals[chosen]


@asynccontextmanager
async def open_portal(
    configuration: Path,
    document: Document,
    name: str | None,
    secret: Callable[[str], str | None],
    repository: Repository | None = None,
) -> AsyncIterator[Portal]:
    """Open a portal: a served one by its token, which `secret` finds; or the embedded one in this process.

    The latter is made on first use, and offers the APIs of the repository's catalog.
    """
    from reconciler.portals import connect  # noqa: PLC0415  start-up counts

    chosen, where = choose_portal(document, name)
    if where.database is None:
        text = secret(where.token.env) if where.token else None
        token = SecretText(text) if text else None
        async with connect(chosen, where, token=token) as portal:
            yield portal
        return
    from reconciler.portal_server import Operator, PortalServerError, create_app  # noqa: PLC0415  start-up counts

    text = token_urlsafe(32)
    try:
        application = create_app(
            prepared(database_of(configuration, where)),
            apis=offered(repository),
            operator=Operator(f"reconciler for {settings(document).metadata.name}", text),
        )
    except PortalServerError as error:
        raise PortalError(f'portal "{chosen}": {error}') from error
    try:
        async with connect(chosen, where, token=SecretText(text), application=application) as portal:
            yield portal
    finally:
        application.state.database.close()


def database_of(configuration: Path, where: EmbeddedPortal) -> str:
    """Return the database of an embedded portal: a URL as it is, a file beside the configuration."""
    database = where.database or ""
    return database if "://" in database else str(configuration.parent / database)


def prepared(database: str) -> str:
    """Return the database; the folder of one that is a file is made. Raises PortalError."""
    if "://" not in database:
        try:
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PortalError(f"{Path(database).parent} cannot be made: {error.strerror}") from error
    return database


def offered(repository: Repository | None) -> "list[ApiEntry]":
    """Return the APIs of the catalog, as the embedded portal takes them."""
    from reconciler.portal_server import ApiEntry  # noqa: PLC0415  start-up counts

    return [
        ApiEntry(api.name, api.display_name or api.name, api.owner, api.visibility)
        for document in (repository.documents if repository else ())
        if isinstance(document.body, Catalog)
        for api in document.body.spec.apis
    ]


async def plan(checked: Checked, portal: Portal, wish: Wish, progress: Progress) -> Planned:
    """Read the portal and plan what leads to what the files ask for. Raises PortalError."""
    from reconciler.desired import desire  # noqa: PLC0415  start-up counts

    repository = checked.repository
    if repository is None or file_errors(checked.findings):
        return Planned(None, checked.findings)
    with quiet_collector():
        live = await portal.read(progress)
        wish = msgspec.structs.replace(wish, capabilities=portal.capabilities)
        return _planned(checked, repository, desire(repository, checked.today), live, wish)


def _planned(checked: Checked, repository: Repository, desired: Desired, live: Live, wish: Wish) -> Planned:
    from reconciler.access import impact, people  # noqa: PLC0415  start-up counts
    from reconciler.diff import adoption, diff  # noqa: PLC0415
    from reconciler.policy import World, approvals, judge  # noqa: PLC0415

    if wish.adopt is None and not wish.adopt_all:
        difference = diff(desired, live)
    else:
        difference = adoption(desired, live, _to_adopt(desired, live, wish))
    changes = difference.changes
    effect = impact(live, changes, checked.today) if changes else Impact()
    digest = effects_digest(live.portal_id, desired.scope, changes)
    guard = settings(repository.configuration).spec.guard
    world = World(
        repository,
        checked.today,
        desired,
        live,
        changes,
        impact=effect,
        reaching=_reaching(live, checked.today) if people(effect.lost) > guard.people_losing.count else 0,
        digest=digest,
        allowed=digest in {*guard.allow, *wish.allow},
        capabilities=wish.capabilities,
    )
    judged = judge(world, since=World(repository, checked.today))
    findings = tuple(in_order([*checked.findings, *judged, *difference.findings]))
    if file_errors(findings):
        return Planned(None, findings)
    approved = approvals(world)
    if wish.only_expired:
        changes, findings = _only_expired(changes, findings)
        effect, approved = (impact(live, changes, checked.today) if changes else Impact()), ()
    made = Plan(
        reconciler=__version__,
        portal=wish.portal,
        portal_id=live.portal_id,
        scope=desired.scope,
        created=stamp(wish.now),
        today=checked.today,
        source=PlanSource(commit=wish.commit, digest=repository.digest),
        complete=live.complete,
        summary=Summary(
            **_counts(changes),
            unchanged=difference.unchanged,
            unmanaged=difference.unmanaged,
            people_gaining=people(effect.gained),
            people_losing=people(effect.lost),
        ),
        changes=changes,
        access=effect,
        approvals=approved,
        findings=findings,
    )
    return Planned(sealed(made), findings)


def _reaching(live: Live, today: str) -> int:
    """Count the people who reach anything in a portal."""
    from reconciler.access import report  # noqa: PLC0415  only where many lose access

    return len({row.person for row in report(live.resources, live.apis, today, source="portal").rows})


def _counts(changes: Iterable[Change]) -> dict[str, int]:
    counts = dict.fromkeys(("create", "update", "delete", "adopt"), 0)
    for change in changes:
        counts[change.action] += 1
    return counts


def _only_expired(
    changes: tuple[Change, ...], findings: tuple[Finding, ...]
) -> tuple[tuple[Change, ...], tuple[Finding, ...]]:
    """Return the removals of what has ended; no rule denies these."""
    kept = tuple(change for change in changes if change.action == "delete" and change.because == "expired")
    denied = denials(findings)
    return kept, tuple(finding for finding in findings if finding not in denied)


def _to_adopt(desired: Desired, live: Live, wish: Wish) -> list[str]:
    """Return the ids to adopt. Raises InputError for what cannot be adopted, all of it at once."""
    if wish.adopt_all:
        return [
            wanted.id
            for wanted in desired.resources.values()
            if wanted.mark is not None
            and (held := live.resources.get(wanted.id)) is not None
            and held.mark != desired.scope
        ]
    wrong = [said for each in wish.adopt or () if (said := _not_adoptable(each, desired, live))]
    if wrong:
        raise InputError("\n".join(wrong), "adopt partners, teams, products and groups that the files name")
    return [each for each in dict.fromkeys(wish.adopt or ()) if live.resources[each].mark != desired.scope]


def _not_adoptable(resource_id: str, desired: Desired, live: Live) -> str | None:
    wanted = desired.resources.get(resource_id)
    if wanted is None:
        return f"{resource_id} stands in no file"
    if wanted.mark is None:
        return f"{resource_id} bears no mark: it belongs to what it hangs on"
    return None if resource_id in live.resources else f"{resource_id} is not in the portal"


def access_in_files(checked: Checked, keep: AccessFilter) -> AccessReport:
    """Return who reaches what, as far as the files know. Raises InputError when the files are wrong."""
    from reconciler.access import report  # noqa: PLC0415  start-up counts
    from reconciler.desired import desire  # noqa: PLC0415

    repository = require_readable(checked)
    wanted = desire(repository, checked.today)
    apis = {
        api.name: OfferedApi(api.name, api.visibility, api.owner, api.display_name)
        for document in repository.documents
        if isinstance(document.body, Catalog)
        for api in document.body.spec.apis
    }
    return report(
        wanted.resources, apis, checked.today, source="files", delegated=wanted.delegated, keep=keep
    )


async def access_in_portal(
    portal: Portal, today: str, keep: AccessFilter, progress: Progress
) -> AccessReport:
    """Return who reaches what in a portal, delegated members and invitations included. Raises PortalError."""
    from reconciler.access import report  # noqa: PLC0415  start-up counts

    with quiet_collector():
        live = await portal.read(progress)
        if not live.complete:
            raise PortalError(f"the portal could not be read to its end: {live.problem}")
        return report(live.resources, live.apis, today, source="portal", keep=keep)


def places(checked: Checked, report: AccessReport) -> dict[ResourceId, Source]:
    """Return where in the files each edge of the report's paths stands, for those that stand there."""
    from reconciler.desired import desire  # noqa: PLC0415  start-up counts

    wanted = desire(require_readable(checked), checked.today).resources
    found = {edge: wanted.get(edge) for row in report.rows for edge in row.edges}
    return {edge: resource.origin.source for edge, resource in found.items() if resource and resource.origin}


def require_readable(checked: Checked) -> Repository:
    """Return the repository. Raises InputError when the files have errors."""
    if checked.repository is None or file_errors(checked.findings):
        raise InputError("the files have errors", "`reconciler validate` shows them")
    return checked.repository


def require_applicable(plan: Plan, allow: Collection[str] = ()) -> None:
    """Check that a plan may be applied. Raises PortalError when it is incomplete, PolicyError when denied.

    `allow` are digests of plans that somebody lets through the guard, and through nothing else.
    """
    if not plan.complete:
        raise PortalError("the portal was not read to its end: nothing is decided", "plan again")
    denied = [
        finding
        for finding in denials(plan.findings)
        if plan.digest not in allow or not finding.rule.startswith("guard-")
    ]
    if denied:
        number = f"{len(denied):,} errors deny" if len(denied) > 1 else "an error denies"
        raise PolicyError(f"{number} the plan; nothing was written", "see the findings above")


async def apply(
    made: Plan,
    portal: Portal,
    today: str,
    now: Callable[[], datetime],
    progress: Progress,
    allow: Collection[str] = (),
) -> Receipt:
    """Read again, check that the portal is as the plan saw it, and write. Raises PlanError, PortalError."""
    from reconciler.apply import apply as write  # noqa: PLC0415  start-up counts
    from reconciler.apply import verify  # noqa: PLC0415

    require_applicable(made, allow)
    with quiet_collector():
        live = await portal.read(progress)
        verify(made, live, today)
        del live
    return await write(made, portal, at_once=AT_ONCE, now=now, progress=progress)


def require_complete(receipt: Receipt) -> None:
    """Raise IncompleteError unless everything was applied."""
    if receipt.outcome != "complete":
        counts = receipt.summary
        raise IncompleteError(
            f"not everything was applied: {counts.failed} failed, {counts.skipped} skipped, "
            f"{counts.unknown} unknown",
            "plan again: it holds what is left",
        )
