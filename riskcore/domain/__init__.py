"""The arithmetic: pure functions over frames and values. No clock, no file, no web."""
