"""Remembered: what the store has said of accounts, until one of them may have changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Generic, TypeVar

Name = TypeVar("Name")
T = TypeVar("T")


class Remembered(Generic[Name, T]):
    """Answers about accounts, by owner and by what the account was called.

    That there is no such account is not remembered. Any thread may ask: an answer that was
    read before a `forget` is not kept after it.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[Name, T]] = {}

    def known(self, user_id: str, names: Collection[Name]) -> dict[Name, T] | None:
        """What is remembered of `names`, if it is all of them."""
        known = self._known.get(user_id, {})
        return {n: known[n] for n in names} if all(n in known for n in names) else None

    def found(
        self,
        user_id: str,
        names: Collection[Name],
        ask: Callable[[Collection[Name]], Mapping[Name, T]],
    ) -> dict[Name, T]:
        """What is known of `names`; `ask` reads the store for those that are not remembered."""
        # The very dict that a `forget` puts away; taken before the store is read.
        known = self._known.setdefault(user_id, {})
        new = [name for name in names if name not in known]
        if new:
            known.update(ask(new))
        return {name: known[name] for name in names if name in known}

    def forget(self) -> None:
        """An account may have been made, changed or deleted."""
        self._known = {}
