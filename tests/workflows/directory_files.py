"""Files of the sample whose accounting team of Cargolane takes its members from a directory."""

import re
from collections.abc import Mapping
from pathlib import Path

_LOCK = """\
apiVersion: reconciler/v1
kind: People
metadata: {name: people}
spec:
  teams:
    cargolane/accounts:
      members:
"""
_OWNER = 'github: "@halden-freight/network"'


def directory_files(folder: Path, url: str, bot: str, members: Mapping[str, str]) -> dict[str, str]:
    """Return the changed files of the sample in a folder.

    `bot` is the setting in YAML, `members` are the ids of the members by their addresses.
    """
    source = (
        "  sources:\n    directory:\n      type: scim\n"
        f"      url: {url}\n      token: {{env: RECONCILER_DIRECTORY_TOKEN}}\n"
        f"      autoMerge: removals\n      bot: {bot}\n"
    )
    configured = (folder / "reconciler.yaml").read_text().replace("  rules:\n", f"{source}  rules:\n")
    partner = (folder / "partners" / "cargolane.yaml").read_text()
    rows = "".join(
        f'        - {{source: directory, id: "{user}", email: {email}}}\n'
        for email, user in sorted(members.items())
    )
    group = "members: {from: directory, group: Cargolane Accounts}"
    return {
        "reconciler.yaml": configured.replace(_OWNER, f"{_OWNER}, approvers: {{github: [bo]}}"),
        "partners/cargolane.yaml": re.sub(r"members: \[adam.*\]", group, partner),
        "people.lock": f"{_LOCK}{rows}",
    }
