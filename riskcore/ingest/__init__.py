"""Files in: bytes become snapshots and refusals. Knows no store, no clock, no web."""
