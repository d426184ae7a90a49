CREATE TABLE copy_links (
    id UUID NOT NULL,
    group_id UUID NOT NULL,
    leader_id UUID NOT NULL,
    follower_id UUID NOT NULL,
    mode VARCHAR NOT NULL,
    ratio DECIMAL(18, 4) NOT NULL,
    fixed_contracts DECIMAL(18, 4),
    risk_percent DECIMAL(18, 4),
    contract_multiplier DECIMAL(18, 4) NOT NULL,
    rounding VARCHAR NOT NULL,
    step_contracts DECIMAL(18, 4) NOT NULL,
    least_contracts DECIMAL(18, 4),
    most_contracts DECIMAL(18, 4),
    rate DECIMAL(18, 6),
    rated_on DATE,
    active_from TIMESTAMP,
    active_to TIMESTAMP
);

-- What a group says of its copying; without a row it is as in a new group.
CREATE TABLE copy_settings (
    group_id UUID NOT NULL,
    same_rules VARCHAR NOT NULL
);

-- What an account costs its owner when it is lost, in its money.
CREATE TABLE account_fees (
    account_id UUID NOT NULL,
    fee DECIMAL(18, 2) NOT NULL
);
