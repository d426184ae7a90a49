-- What a file brought besides snapshots, so that it can be taken back whole.
CREATE TABLE upload_accounts (
    upload_id UUID NOT NULL,
    account_id UUID NOT NULL
);

CREATE TABLE upload_events (
    upload_id UUID NOT NULL,
    event_id UUID NOT NULL
);

-- The refused rows as a CSV that can be corrected and sent again.
CREATE TABLE refused_files (
    upload_id UUID NOT NULL,
    content VARCHAR NOT NULL
);

-- How a person said that files with such a header are read.
CREATE TABLE file_mappings (
    user_id VARCHAR NOT NULL,
    header_digest VARCHAR NOT NULL,
    mapping VARCHAR NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

ALTER TABLE uploads ADD COLUMN undone_at TIMESTAMP;
ALTER TABLE uploads ADD COLUMN format VARCHAR DEFAULT 'snapshots';
ALTER TABLE uploads ALTER COLUMN format SET NOT NULL;
