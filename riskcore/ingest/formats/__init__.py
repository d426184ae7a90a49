"""Formats: one file each, found by their `FORMAT`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from riskcore.ingest.format import Format


@cache
def formats() -> tuple[Format, ...]:
    """Every declared format, by name."""
    names = sorted(module.name for module in iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}").FORMAT for name in names)
