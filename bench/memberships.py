"""Fill the database of an embedded portal on PostgreSQL with as many memberships as wanted."""

from typing import Final

import psycopg

from reconciler.portal_server.storage.database import Database, open_database

IN_LARGE_TEAM: Final = 100_000
TEAMS: Final = 20_000
# Team 1 of partner 1 is the large one; the others share the rest. Person n is in one team.
_FILL: Final = """
INSERT INTO partners (id, name, type, status, display_name, owner, domains, blocked, etag)
  SELECT 'par_' || n, 'partner' || n, 'reseller', 'active', 'Partner ' || n, 'partnerships',
         '["d' || n || '.example"]', '[]', '"1"' FROM generate_series(1, {partners}) n;
INSERT INTO teams (id, partner_id, name, display_name, delegated, managed_by, etag)
  SELECT 'team_' || n, 'par_' || (n + 1) / 2, 'team' || n, 'Team ' || n, true, '{label}', '"1"'
  FROM generate_series(1, {teams}) n;
INSERT INTO members (id, team_id, email, role, state, etag)
  SELECT 'mem_' || n, 'team_' || t, 'person' || n || '@d' || (t + 1) / 2 || '.example',
         CASE WHEN n <= {teams} OR n = {teams} + 1 THEN 'admin' ELSE 'member' END, 'active', '"1"'
  FROM (SELECT n, CASE WHEN n <= {teams} THEN n WHEN n <= {teams} + {large} THEN 1
                       ELSE 2 + n % ({teams} - 1) END AS t FROM generate_series(1, {members}) n) placed;
INSERT INTO people (id, email, etag) SELECT 'per_' || n, m.email, '"1"'
  FROM (SELECT row_number() OVER () AS n, email FROM members) m;
INSERT INTO apis (id, name, display_name, owner, visibility, etag)
  SELECT 'api_' || n, 'api-' || n, 'API ' || n, 'logistics', 'restricted', '"1"'
  FROM generate_series(1, 2000) n;
INSERT INTO products (id, name, display_name, owner, visibility, etag)
  SELECT 'prod_' || n, 'product-' || n, 'Product ' || n, 'logistics', 'restricted', '"1"'
  FROM generate_series(1, 500) n;
INSERT INTO product_items (id, product_id, api_id, etag)
  SELECT 'pit_' || p || 'x' || i, 'prod_' || p, 'api_' || (p * 4 + i) % 2000 + 1, '"1"'
  FROM generate_series(1, 500) p, generate_series(1, 4) i;
INSERT INTO access_groups (id, name, display_name, owner, managed_by, etag)
  SELECT 'grp_' || n, 'group-' || n, 'Group ' || n, 'logistics', '{label}', '"1"'
  FROM generate_series(1, 500) n;
INSERT INTO access_items (id, group_id, api_id, product_id, etag)
  SELECT 'ait_' || g || 'x' || i, 'grp_' || g, CASE WHEN i < 4 THEN 'api_' || (g * 7 + i) % 2000 + 1 END,
         CASE WHEN i = 4 THEN 'prod_' || g END, '"1"'
  FROM generate_series(1, 500) g, generate_series(1, 4) i;
INSERT INTO grants (id, group_id, team_id, level, until, etag)
  SELECT 'grt_' || t || 'x' || i, 'grp_' || (t + i * 131) % 500 + 1, 'team_' || t,
         CASE WHEN i = 1 THEN 'view' ELSE 'consume' END, CASE WHEN i = 2 THEN '2027-06-30' END, '"1"'
  FROM generate_series(1, {teams}) t, generate_series(1, 3) i;
INSERT INTO audit (id, at, token, action, object, kind, before, after, token_id, team_id, person, through)
  SELECT 'aud_' || n,
         to_char(timestamp '2026-01-01' + n * interval '10 seconds', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
         NULL, 'create', 'mem_' || n % {members} + 1, 'member', NULL,
         '{{"id":"mem_' || n || '","teamId":"team_' || n % {teams} + 1
           || '","email":"person' || n || '@d1.example","role":"member","until":null,'
           || '"state":"active","invitedAt":null,"etag":"\\"1\\""}}',
         NULL, 'team_' || n % {teams} + 1, 'person1@d1.example', 'page' FROM generate_series(1, {members}) n;
"""


def fill(url: str, members: int, label: str = "our-company") -> Database:
    """Create a portal with this many memberships, whose teams and groups have this owner label."""
    opened = open_database(url)
    text = _FILL.format(members=members, teams=TEAMS, partners=TEAMS // 2, large=IN_LARGE_TEAM, label=label)
    with psycopg.connect(url) as connection:
        connection.execute(text.encode())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return opened
