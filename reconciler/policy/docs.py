"""The page that documents every rule, written from the rules' own docstrings."""

import inspect
from typing import Final, get_args

from reconciler.model.rule import CLASSES, DEFAULTS, Class, RuleName
from reconciler.policy.engine import RULES

# Rules that other verbs keep: loading, comparing, talking to a portal.
_ELSEWHERE: Final[dict[RuleName, str]] = {
    "yaml": "A file is UTF-8 and YAML, without duplicate keys, tags, merge keys, or aliases that expand far.",
    "misplaced-kind": "A document is of a kind that its path may hold: `paths` in the configuration.",
    "not-managed": "An object that the files name is ours in the portal, or is taken over with `adopt`.",
    "owner-label-changes": "A branch keeps `metadata.name` of the configuration: the owner label in portals.",
    "full-plan": "What `plan --base` compares with can be read; else all that differs is planned.",
}
_SCHEMA: Final = "A document meets the JSON Schema of its kind."
_HEADINGS: Final = {
    Class.FILES: (
        "Files",
        "Always errors: exit code 1, and no plan. They cannot be changed or excepted.",
    ),
    Class.FIXED: (
        "Fixed",
        "An error shows the plan and denies it with exit code 3. They cannot be changed or excepted.",
    ),
    Class.CONFIGURABLE: (
        "Configurable",
        "An error denies the plan with exit code 3.",
    ),
}
_OPENING: Final = """\
# Rules

Every finding bears the name of a rule. `spec.rules` in `reconciler.yaml` sets the severity of a configurable
rule to `error`, `warning`, `info` or `off`. `metadata.exceptions` of a partner, access group or API product
turns what such a rule finds there into information:

```yaml
metadata:
  name: acme-logistics
  exceptions:
    - {rule: admin-count, reason: "three shifts and a stand-in", until: 2027-06-30}
```

The reason is shown wherever the finding is. An exception holds through its last day; one that has ended is an
error of its rule until it is renewed or taken out. It does nothing for rules that cannot be changed.
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
    """Return what a rule asks for: the docstrings of its functions, one paragraph each."""
    told = [inspect.getdoc(rule.find) or "" for rule in RULES if rule.name == name]
    before = [_SCHEMA] if name == "schema" else []
    return "\n\n".join([*before, *told]) or _ELSEWHERE[name]
