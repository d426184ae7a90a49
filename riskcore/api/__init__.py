"""The REST and WebSocket door: one noun per file, mounted at /api."""
