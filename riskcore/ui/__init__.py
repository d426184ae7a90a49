"""What the pages share: the router, gauges, cards, tables, charts and forms."""
