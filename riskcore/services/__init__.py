"""Verbs: what a person or a program can do. They join store, ingest, board and domain."""
