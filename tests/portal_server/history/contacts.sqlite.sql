CREATE TABLE access_groups (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    description TEXT,
    owner TEXT NOT NULL,
    managed_by TEXT,
    etag TEXT NOT NULL,
    UNIQUE (id),
    UNIQUE (name)
);
CREATE TABLE additions (
    seq INTEGER NOT NULL,
    team_id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (seq)
);
CREATE INDEX ix_additions_at ON additions (at);
CREATE INDEX ix_additions_team_id ON additions (team_id);
CREATE TABLE answers (
    holder TEXT NOT NULL,
    "key" TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    at TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (holder, "key")
);
CREATE INDEX answers_at ON answers (at);
CREATE TABLE apis (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    owner TEXT NOT NULL,
    visibility TEXT NOT NULL,
    etag TEXT NOT NULL,
    UNIQUE (id),
    UNIQUE (name)
);
CREATE TABLE audit (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    token TEXT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    kind TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    token_id TEXT,
    UNIQUE (id)
);
CREATE INDEX ix_audit_object ON audit (object);
CREATE TABLE contacts (
    partner_id TEXT NOT NULL,
    mailbox TEXT NOT NULL,
    mailed_at TEXT,
    declined_at TEXT,
    PRIMARY KEY (partner_id, mailbox)
);
CREATE INDEX ix_contacts_mailed_at ON contacts (mailed_at);
CREATE TABLE instance (
    id TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE leases (
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    acquired_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE mails (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    "to" TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    UNIQUE (id)
);
CREATE INDEX ix_mails_to ON mails ("to");
CREATE TABLE partners (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    display_name TEXT NOT NULL,
    owner TEXT NOT NULL,
    domains TEXT NOT NULL,
    agreement TEXT,
    blocked TEXT NOT NULL,
    managed_by TEXT,
    etag TEXT NOT NULL,
    UNIQUE (id),
    UNIQUE (name)
);
CREATE TABLE people (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    display_name TEXT,
    etag TEXT NOT NULL,
    UNIQUE (id),
    UNIQUE (email)
);
CREATE TABLE products (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    description TEXT,
    owner TEXT NOT NULL,
    visibility TEXT NOT NULL,
    managed_by TEXT,
    etag TEXT NOT NULL,
    UNIQUE (id),
    UNIQUE (name)
);
CREATE TABLE tokens (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    team_id TEXT,
    created_at TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    etag TEXT NOT NULL,
    UNIQUE (id),
    UNIQUE (token_hash)
);
CREATE TABLE access_items (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    api_id TEXT,
    product_id TEXT,
    etag TEXT NOT NULL,
    UNIQUE (group_id, api_id),
    UNIQUE (group_id, product_id),
    CONSTRAINT one_target CHECK ((api_id IS NULL) <> (product_id IS NULL)),
    UNIQUE (id),
    FOREIGN KEY(group_id) REFERENCES access_groups (id),
    FOREIGN KEY(api_id) REFERENCES apis (id),
    FOREIGN KEY(product_id) REFERENCES products (id)
);
CREATE INDEX ix_access_items_api_id ON access_items (api_id);
CREATE INDEX ix_access_items_product_id ON access_items (product_id);
CREATE TABLE product_items (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    api_id TEXT NOT NULL,
    etag TEXT NOT NULL,
    UNIQUE (product_id, api_id),
    UNIQUE (id),
    FOREIGN KEY(product_id) REFERENCES products (id),
    FOREIGN KEY(api_id) REFERENCES apis (id)
);
CREATE INDEX ix_product_items_api_id ON product_items (api_id);
CREATE TABLE teams (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    delegated BOOLEAN NOT NULL,
    managed_by TEXT,
    etag TEXT NOT NULL,
    UNIQUE (partner_id, name),
    UNIQUE (id),
    FOREIGN KEY(partner_id) REFERENCES partners (id)
);
CREATE INDEX ix_teams_partner_id ON teams (partner_id);
CREATE TABLE grants (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    team_id TEXT,
    email TEXT,
    level TEXT NOT NULL,
    until TEXT,
    reason TEXT,
    etag TEXT NOT NULL,
    UNIQUE (group_id, team_id),
    UNIQUE (group_id, email),
    CONSTRAINT one_receiver CHECK ((team_id IS NULL) <> (email IS NULL)),
    UNIQUE (id),
    FOREIGN KEY(group_id) REFERENCES access_groups (id),
    FOREIGN KEY(team_id) REFERENCES teams (id)
);
CREATE INDEX ix_grants_email ON grants (email);
CREATE INDEX ix_grants_team_id ON grants (team_id);
CREATE TABLE members (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    until TEXT,
    state TEXT NOT NULL,
    invited_at TEXT,
    code_hash TEXT,
    etag TEXT NOT NULL,
    UNIQUE (team_id, email),
    UNIQUE (id),
    FOREIGN KEY(team_id) REFERENCES teams (id),
    UNIQUE (code_hash)
);
CREATE INDEX ix_members_email ON members (email);
