-- As riskcore.domain.market_hours writes them. NOT NULL comes second, as in 0002.
ALTER TABLE accounts ADD COLUMN market_hours VARCHAR DEFAULT 'around_the_clock';
ALTER TABLE accounts ALTER COLUMN market_hours SET NOT NULL;
