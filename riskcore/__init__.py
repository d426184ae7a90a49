"""Weakest Link: how much can be lost before one of several accounts breaks a rule."""

__version__ = "0.1.0"
