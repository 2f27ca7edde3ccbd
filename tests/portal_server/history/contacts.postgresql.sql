CREATE TABLE access_groups (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    display_name VARCHAR COLLATE "C" NOT NULL,
    description VARCHAR COLLATE "C",
    owner VARCHAR COLLATE "C" NOT NULL,
    managed_by VARCHAR COLLATE "C",
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id),
    UNIQUE (name)
);
CREATE TABLE additions (
    seq BIGSERIAL NOT NULL,
    team_id VARCHAR COLLATE "C" NOT NULL,
    at VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq)
);
CREATE INDEX ix_additions_at ON additions (at);
CREATE INDEX ix_additions_team_id ON additions (team_id);
CREATE TABLE answers (
    holder VARCHAR COLLATE "C" NOT NULL,
    key VARCHAR COLLATE "C" NOT NULL,
    request_hash VARCHAR COLLATE "C" NOT NULL,
    at VARCHAR COLLATE "C" NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (holder, key)
);
CREATE INDEX answers_at ON answers (at);
CREATE TABLE apis (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    display_name VARCHAR COLLATE "C" NOT NULL,
    owner VARCHAR COLLATE "C" NOT NULL,
    visibility VARCHAR COLLATE "C" NOT NULL,
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id),
    UNIQUE (name)
);
CREATE TABLE audit (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    at VARCHAR COLLATE "C" NOT NULL,
    token VARCHAR COLLATE "C",
    action VARCHAR COLLATE "C" NOT NULL,
    object VARCHAR COLLATE "C" NOT NULL,
    kind VARCHAR COLLATE "C" NOT NULL,
    before TEXT,
    after TEXT,
    token_id VARCHAR COLLATE "C",
    PRIMARY KEY (seq),
    UNIQUE (id)
);
CREATE INDEX ix_audit_object ON audit (object);
CREATE TABLE contacts (
    partner_id VARCHAR COLLATE "C" NOT NULL,
    mailbox VARCHAR COLLATE "C" NOT NULL,
    mailed_at VARCHAR COLLATE "C",
    declined_at VARCHAR COLLATE "C",
    PRIMARY KEY (partner_id, mailbox)
);
CREATE INDEX ix_contacts_mailed_at ON contacts (mailed_at);
CREATE TABLE instance (
    id VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE leases (
    id VARCHAR COLLATE "C" NOT NULL,
    owner VARCHAR COLLATE "C" NOT NULL,
    acquired_at VARCHAR COLLATE "C" NOT NULL,
    expires_at VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE mails (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    "to" VARCHAR COLLATE "C" NOT NULL,
    subject VARCHAR COLLATE "C" NOT NULL,
    text VARCHAR COLLATE "C" NOT NULL,
    sent_at VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id)
);
CREATE INDEX ix_mails_to ON mails ("to");
CREATE TABLE partners (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    type VARCHAR COLLATE "C" NOT NULL,
    status VARCHAR COLLATE "C" NOT NULL,
    display_name VARCHAR COLLATE "C" NOT NULL,
    owner VARCHAR COLLATE "C" NOT NULL,
    domains TEXT NOT NULL,
    agreement VARCHAR COLLATE "C",
    blocked TEXT NOT NULL,
    managed_by VARCHAR COLLATE "C",
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id),
    UNIQUE (name)
);
CREATE TABLE people (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    email VARCHAR COLLATE "C" NOT NULL,
    display_name VARCHAR COLLATE "C",
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id),
    UNIQUE (email)
);
CREATE TABLE products (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    display_name VARCHAR COLLATE "C" NOT NULL,
    description VARCHAR COLLATE "C",
    owner VARCHAR COLLATE "C" NOT NULL,
    visibility VARCHAR COLLATE "C" NOT NULL,
    managed_by VARCHAR COLLATE "C",
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id),
    UNIQUE (name)
);
CREATE TABLE tokens (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    scope VARCHAR COLLATE "C" NOT NULL,
    team_id VARCHAR COLLATE "C",
    created_at VARCHAR COLLATE "C" NOT NULL,
    token_hash VARCHAR COLLATE "C" NOT NULL,
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id),
    UNIQUE (token_hash)
);
CREATE TABLE access_items (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    group_id VARCHAR COLLATE "C" NOT NULL,
    api_id VARCHAR COLLATE "C",
    product_id VARCHAR COLLATE "C",
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
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
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    product_id VARCHAR COLLATE "C" NOT NULL,
    api_id VARCHAR COLLATE "C" NOT NULL,
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (product_id, api_id),
    UNIQUE (id),
    FOREIGN KEY(product_id) REFERENCES products (id),
    FOREIGN KEY(api_id) REFERENCES apis (id)
);
CREATE INDEX ix_product_items_api_id ON product_items (api_id);
CREATE TABLE teams (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    partner_id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    display_name VARCHAR COLLATE "C" NOT NULL,
    delegated BOOLEAN NOT NULL,
    managed_by VARCHAR COLLATE "C",
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (partner_id, name),
    UNIQUE (id),
    FOREIGN KEY(partner_id) REFERENCES partners (id)
);
CREATE INDEX ix_teams_partner_id ON teams (partner_id);
CREATE TABLE grants (
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    group_id VARCHAR COLLATE "C" NOT NULL,
    team_id VARCHAR COLLATE "C",
    email VARCHAR COLLATE "C",
    level VARCHAR COLLATE "C" NOT NULL,
    until TEXT,
    reason VARCHAR COLLATE "C",
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
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
    seq BIGSERIAL NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    team_id VARCHAR COLLATE "C" NOT NULL,
    email VARCHAR COLLATE "C" NOT NULL,
    role VARCHAR COLLATE "C" NOT NULL,
    until TEXT,
    state VARCHAR COLLATE "C" NOT NULL,
    invited_at VARCHAR COLLATE "C",
    code_hash VARCHAR COLLATE "C",
    etag VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (team_id, email),
    UNIQUE (id),
    FOREIGN KEY(team_id) REFERENCES teams (id),
    UNIQUE (code_hash)
);
CREATE INDEX ix_members_email ON members (email);
