CREATE TABLE account_events (
    id UUID NOT NULL,
    account_key INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    happened_at TIMESTAMP NOT NULL,
    amount DECIMAL(18, 2),
    origin VARCHAR NOT NULL
);

ALTER TABLE accounts ADD COLUMN preset_name VARCHAR;
ALTER TABLE accounts ADD COLUMN preset_size VARCHAR;
ALTER TABLE accounts ADD COLUMN preset_checked_on DATE;

-- NOT NULL comes second: DuckDB 1.5 adds no column that has it.
ALTER TABLE snapshots ADD COLUMN open_contracts DECIMAL(18, 4);
ALTER TABLE snapshots ADD COLUMN basis VARCHAR DEFAULT 'equity';
ALTER TABLE snapshots ALTER COLUMN basis SET NOT NULL;

ALTER TABLE replaced_snapshots ADD COLUMN open_contracts DECIMAL(18, 4);
ALTER TABLE replaced_snapshots ADD COLUMN basis VARCHAR DEFAULT 'equity';
ALTER TABLE replaced_snapshots ALTER COLUMN basis SET NOT NULL;
