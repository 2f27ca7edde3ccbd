"""A repository whose team takes its members from a directory, with removals approved in advance."""

from textwrap import dedent

from tests.cli.merging import ENFORCED
from tests.cli.running import PARTNER

BOT = "people-bot[bot]"
CONFIGURED = f"""{dedent(ENFORCED)}  sources:
    directory:
      type: scim
      url: https://id.example.com/scim
      token: {{env: PEOPLE_TOKEN}}
      autoMerge: removals
      bot: {{github: "people-bot[bot]"}}
"""
TEAM = f"{PARTNER.rstrip()}\n          members: {{from: directory, group: Acme}}\n"
LOCK = """\
apiVersion: reconciler/v1
kind: People
metadata: {name: people}
spec:
  teams:
    acme/ops:
      members:
        - {source: directory, id: "1", email: bo@acme.example}
        - {source: directory, id: "2", email: cy@acme.example}
"""
GONE = LOCK.replace('        - {source: directory, id: "2", email: cy@acme.example}\n', "")
