"""Generate the page that documents every rule from the docstrings of the rules."""

import inspect
from typing import Final, get_args

from reconciler.model.rule import CLASSES, DEFAULTS, Class, RuleName
from reconciler.policy.engine import RULES

# Rules that other packages implement: loading, comparing, connecting to a portal.
_ELSEWHERE: Final[dict[RuleName, str]] = {
    "yaml": "Report files that are not valid UTF-8 and YAML, and YAML features that are not supported:"
    " duplicate keys, tags, merge keys, and aliases that expand too far.",
    "misplaced-kind": "Report documents of a kind that `paths` in the configuration does not allow there.",
    "not-managed": "Report objects in the files that exist in the portal without our owner label. Use `adopt`"
    " to manage them.",
    "unsupported": "Report definitions that the portal cannot store: objects, texts and names that it does"
    " not accept, renames that it cannot make, and limits that it cannot enforce.",
    "git-only": "Report once which information the portal cannot store, so that it is only in git.",
    "fallback": "Report once for each fallback in the portal's settings what it means for the files.",
    "unused-fallback": "Report fallbacks that the portal does not need, because it stores that limit.",
    "owner-label-changes": "Report a branch that changes `metadata.name` of the configuration, which is the"
    " owner label in portals.",
    "portal-settings": "Report portals that cannot be used: no package provides their type, or their `url` is"
    " unencrypted and `allowHttp` is not set. Plans for other portals are not affected.",
    "source-settings": "Report sources that cannot be used: their connection is unencrypted, and neither"
    " `allowHttp` nor, for LDAP, `allowPlain` is set. Plans are not affected.",
    "removal-left-out": "Report removals that `apply --only-removals` or `--only-expired` leaves out, because"
    " other changes must come first: a rename, or one that lets people keep their access.",
    "adoption": "Report what an adoption means: what the next plan then removes because no file defines it,"
    " such as grants of an adopted group to single people and managed teams, and who loses access. Objects"
    " with the chosen owner label that no file defines are reported, and not adopted.",
    "full-plan": "Report that the base of `plan --base` could not be read, so that the plan contains all"
    " differences.",
}
_SCHEMA: Final = "Report documents that violate the JSON Schema of their kind."
_HEADINGS: Final = {
    Class.FILES: (
        "Files",
        "These rules report errors: exit code 1, and no plan. Severities and exceptions do not apply.",
    ),
    Class.FIXED: (
        "Fixed",
        (
            "An error denies the plan: the plan is shown, with exit code 3. Severities and exceptions do "
            "not apply."
        ),
    ),
    Class.CONFIGURABLE: (
        "Configurable",
        (
            "An error denies the plan with exit code 3. Severities can be configured, and exceptions are "
            "possible."
        ),
    ),
}
_OPENING: Final = """\
# Rules

Every finding has the name of a rule. `spec.rules` in `reconciler.yaml` sets the severity of a configurable
rule to `error`, `warning`, `info` or `off`. `metadata.exceptions` of a partner, access group or API product
turns the findings of such a rule about that document into information:

```yaml
metadata:
  name: acme-logistics
  exceptions:
    - {rule: admin-count, reason: "three shifts and a deputy", until: 2027-06-30}
```

The reason is shown with the finding. An exception is valid through its last day. After that, it is an error
of its rule until it is renewed or removed. Exceptions have no effect on rules that are not configurable.
"""


def page() -> str:
    """Return the page as Markdown."""
    parts = [_OPENING]
    for sort, (heading, meaning) in _HEADINGS.items():
        names = [name for name in get_args(RuleName) if CLASSES[name] is sort]
        rows = [f"| [`{name}`](#{name}) | {DEFAULTS[name]} |" for name in names]
        table = "\n".join(["| rule | severity |", "|---|---|", *rows])
        parts.append(f"## {heading}\n\n{meaning}\n\n{table}\n")
        parts += [f"### {name}\n\n{_text(name)}\n" for name in names]
    return "\n".join(parts)


def _text(name: RuleName) -> str:
    """Return the documentation of a rule: the docstrings of its functions, one after the other."""
    docstrings = [inspect.getdoc(rule.check) or "" for rule in RULES if rule.name == name]
    before = [_SCHEMA] if name == "schema" else []
    return "\n\n".join([*before, *docstrings]) or _ELSEWHERE[name]
