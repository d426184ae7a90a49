"""Copying from files: instruments and what firms say of copying, checked as they are read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskcore.domain.copying.composition import FirmCopying
from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.errors import InvalidValue, RiskError
from riskcore.domain.model import clean_name, currency_code
from riskcore.domain.presets import Trust
from riskcore.ingest.presets import line_of

T = TypeVar("T", bound=BaseModel)

DECIMAL = r"\d{1,9}(\.\d{1,9})?"


class InvalidFile(RiskError):
    """A file of this desk cannot be used: which file, which line, and what is wrong there."""

    def __init__(self, file: str, line: int, wrong: str) -> None:
        self.file, self.line = file, line
        super().__init__(f"{file}, line {line}: {wrong}")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Instrument(_Part):
    symbol: str = Field(min_length=1, max_length=20)
    name: str
    currency: str
    point_value: str = Field(pattern=DECIMAL)
    tick_size: str = Field(pattern=DECIMAL)
    source: str = Field(min_length=1)


class _Instruments(_Part):
    instrument: list[_Instrument]


class _Firm(_Part):
    firm: str
    said: str = Field(min_length=1)
    source: str = Field(min_length=1)
    checked_on: date
    trust: str
    currency: str = "USD"
    may_copy: bool | None = None
    most_copied: int | None = Field(default=None, ge=1)
    most_allocation: float | None = Field(default=None, gt=0)
    mixes_stages: bool | None = None
    only_stage: str | None = Field(default=None, pattern="evaluation|funded")
    leads_smallest: bool | None = None
    leads_itself: bool | None = None
    evaluation: list[str] = []
    funded: list[str] = []


class _Firms(_Part):
    firm: list[_Firm]


def read_instruments(path: Path) -> dict[str, Instrument]:
    """The instruments in a file, by symbol; raises InvalidFile, naming file and line."""
    text = path.read_text(encoding="utf-8")
    found: dict[str, Instrument] = {}
    for place, said in enumerate(_parsed(path.name, text, _Instruments).instrument):
        _check_new(path.name, text, found, said.symbol, ("instrument", place, "symbol"))
        exact = {name: Fraction(getattr(said, name)) for name in ("point_value", "tick_size")}
        try:
            found[said.symbol] = Instrument(
                symbol=clean_name(said.symbol, "symbol"),
                name=clean_name(said.name),
                currency=currency_code(said.currency),
                source=said.source,
                **exact,
            )
        except InvalidValue as error:
            line = line_of(text, "instrument", place, "symbol")
            raise InvalidFile(path.name, line, str(error)) from error
    return found


def read_firms(path: Path) -> dict[str, FirmCopying]:
    """What firms say, by their name, case folded; raises InvalidFile, naming file and line."""
    text = path.read_text(encoding="utf-8")
    found: dict[str, FirmCopying] = {}
    for place, said in enumerate(_parsed(path.name, text, _Firms).firm):
        where = ("firm", place, "firm")
        _check_new(path.name, text, found, said.firm.casefold(), where)
        if said.trust not in list(Trust):
            line = line_of(text, "firm", place, "trust")
            allowed = f"trust must be one of {', '.join(Trust)}, was {said.trust!r}"
            raise InvalidFile(path.name, line, allowed)
        found[said.firm.casefold()] = FirmCopying(**_values(said))
    return found


def _values(said: _Firm) -> dict[str, Any]:
    return said.model_dump() | {
        "trust": Trust(said.trust),
        "evaluation": tuple(said.evaluation),
        "funded": tuple(said.funded),
    }


def _check_new(
    file: str, text: str, known: Mapping[str, object], key: str, where: tuple[str | int, ...]
) -> None:
    if key in known:
        raise InvalidFile(file, line_of(text, *where), f"two of {key}")


def _parsed(file: str, text: str, shape: type[T]) -> T:
    try:
        return shape.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidFile(file, 1, f"must be TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        wrong = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg'].lower()}"
        raise InvalidFile(file, line_of(text, *first["loc"]), wrong) from error
