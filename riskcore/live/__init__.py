"""The desk in memory: where every account stands now, and who wants to hear of changes."""
