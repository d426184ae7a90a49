-- No primary keys and no indexes: one writer enforces what must be unique, and bulk loads
-- into a table with a key are many times slower and its file several times larger.
CREATE SEQUENCE account_keys START 1;

CREATE TABLE accounts (
    account_key INTEGER NOT NULL,
    id UUID NOT NULL,
    user_id VARCHAR NOT NULL,
    number VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    firm VARCHAR NOT NULL,
    platform VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    starting_balance DECIMAL(18, 2),
    time_zone VARCHAR NOT NULL,
    reset_time TIME NOT NULL,
    stale_after_us BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE account_rules (
    account_key INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    parameters VARCHAR NOT NULL
);

CREATE TABLE account_groups (
    id UUID NOT NULL,
    user_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    currency VARCHAR,
    caution_fraction DOUBLE NOT NULL,
    critical_fraction DOUBLE NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE group_members (
    group_id UUID NOT NULL,
    account_id UUID NOT NULL
);

-- Times are UTC.
CREATE TABLE snapshots (
    account_key INTEGER NOT NULL,
    taken_at TIMESTAMP NOT NULL,
    balance DECIMAL(18, 2) NOT NULL,
    equity DECIMAL(18, 2) NOT NULL,
    upload_id UUID,
    received_at TIMESTAMP NOT NULL
);

CREATE TABLE replaced_snapshots (
    account_key INTEGER NOT NULL,
    taken_at TIMESTAMP NOT NULL,
    balance DECIMAL(18, 2) NOT NULL,
    equity DECIMAL(18, 2) NOT NULL,
    upload_id UUID,
    received_at TIMESTAMP NOT NULL,
    replaced_at TIMESTAMP NOT NULL
);

CREATE TABLE uploads (
    id UUID NOT NULL,
    user_id VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    rows_read BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    corrected BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE refusals (
    upload_id UUID NOT NULL,
    line BIGINT NOT NULL,
    column_name VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);
