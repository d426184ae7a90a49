"""Presets from files: data/presets/<firm>-<programme>.toml, checked as they are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from riskcore.domain.errors import InvalidValue, RiskError
from riskcore.domain.model import clean_name, currency_code
from riskcore.domain.presets import Preset, PresetExample, PresetSize, Trust
from riskcore.domain.rules import KINDS, rule_from
from riskcore.domain.rules.base import Rule
from riskcore.domain.zones import check_zone
from riskcore.ingest.worked_examples import STEPS, checked_expectation, checked_steps

T = TypeVar("T")

FILE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FACTS = ("name", "starting_balance")


class InvalidPreset(RiskError):
    """A preset file cannot be used: which file, which line, and what is wrong there."""

    def __init__(self, file: str, line: int, wrong: str) -> None:
        self.file, self.line = file, line
        super().__init__(f"{file}, line {line}: {wrong}")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Size(BaseModel):
    """A size: its name and starting balance, and by kind what its rules have of their own."""

    model_config = ConfigDict(extra="allow", strict=True)
    name: str = Field(min_length=1, max_length=40)
    starting_balance: float = Field(ge=0, le=1e12)


class _Example(_Part):
    size: str
    rule: str
    steps: list[dict[str, Any]]
    expected: dict[str, Any]
    source: str


class _File(_Part):
    firm: str
    programme: str
    source: list[str] = Field(min_length=1)
    checked_on: date
    trust: str
    doubts: list[str]
    not_modelled: list[str]
    currency: str
    time_zone: str
    reset_time: time
    rules: list[dict[str, Any]] = Field(min_length=1)
    sizes: list[_Size] = Field(min_length=1)
    example: _Example

    @field_validator("trust")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in list(Trust):
            raise ValueError(f"must be one of {', '.join(Trust)}, was {value!r}")
        return value


def read_preset(path: Path) -> Preset:
    """The preset in a file; raises InvalidPreset, naming file and line."""
    text = path.read_text(encoding="utf-8")
    return preset_from(path.name, text)


def preset_from(file: str, text: str) -> Preset:
    """The preset that `text` of a file holds; raises InvalidPreset."""
    name = file.removesuffix(".toml")
    if not FILE_NAME.fullmatch(name):
        raise InvalidPreset(file, 1, "the file must be named like firm-programme.toml")
    try:
        said = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n")
        raise InvalidPreset(file, line, f"must be TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        line = line_of(text, *first["loc"])
        raise InvalidPreset(file, line, _wrong(first["loc"], first["msg"])) from error
    return _Reader(file, text, said).preset(name)


def _wrong(where: tuple[int | str, ...], message: str) -> str:
    key = ".".join(str(part) for part in where)
    return f"{key}: {message.removeprefix('Value error, ').lower()}"


class _Reader:
    """Turns what a file says into a preset, and knows on which line it said it."""

    def __init__(self, file: str, text: str, said: _File) -> None:
        self.file, self.text, self.said = file, text, said

    def preset(self, name: str) -> Preset:
        """The preset; raises InvalidPreset."""
        said = self.said
        self._check_plain()
        return Preset(
            name=name,
            firm=said.firm,
            programme=said.programme,
            source=tuple(said.source),
            checked_on=said.checked_on,
            trust=Trust(said.trust),
            doubts=tuple(said.doubts),
            not_modelled=tuple(said.not_modelled),
            currency=said.currency,
            time_zone=said.time_zone,
            reset_time=said.reset_time,
            sizes=tuple(self._size(place) for place in range(len(said.sizes))),
            example=self._example(),
        )

    def _check_plain(self) -> None:
        said = self.said
        for key, check in (
            ("firm", lambda: clean_name(said.firm, "firm")),
            ("programme", lambda: clean_name(said.programme, "programme")),
            ("currency", lambda: currency_code(said.currency)),
            ("time_zone", lambda: check_zone(said.time_zone)),
        ):
            try:
                check()
            except InvalidValue as error:
                raise self._at(str(error), key) from error
        kinds = [rule.get("kind") for rule in said.rules]
        for place, kind in enumerate(kinds):
            if kind not in KINDS:
                allowed = ", ".join(KINDS)
                raise self._at(
                    f"kind must be one of {allowed}, was {kind!r}", "rules", place, "kind"
                )
            if kind in kinds[:place]:
                raise self._at(f"two rules of kind {kind}", "rules", place, "kind")

    def _at(self, wrong: str, *where: int | str) -> InvalidPreset:
        return InvalidPreset(self.file, line_of(self.text, *where), wrong)

    def _size(self, place: int) -> PresetSize:
        size = self.said.sizes[place]
        of_kind: Mapping[str, Any] = size.model_extra or {}
        named = [rule["kind"] for rule in self.said.rules]
        for kind, parameters in of_kind.items():
            if kind not in named or not isinstance(parameters, dict):
                allowed = ", ".join([*FACTS, *named])
                raise self._at(f"must be one of {allowed}, was {kind}", "sizes", place, kind)
        return PresetSize(
            name=size.name,
            starting_balance=size.starting_balance,
            rules=tuple(
                self._rule(number, of_kind.get(kind, {}), place)
                for number, kind in enumerate(named)
            ),
        )

    def _rule(self, number: int, of_size: Mapping[str, Any], place: int) -> Rule:
        said = {key: value for key, value in self.said.rules[number].items() if key != "kind"}
        kind = self.said.rules[number]["kind"]
        try:
            return rule_from(kind, {**said, **of_size})
        except InvalidValue as error:
            words = str(error).split()
            wrong = next((key for key in {**of_size, **said} if key in words), None)
            if wrong is not None and wrong in of_size:
                raise self._at(str(error), "sizes", place, kind) from error
            where = ("rules", number) if wrong is None else ("rules", number, wrong)
            raise self._at(str(error), *where) from error

    def _example(self) -> PresetExample:
        said = self.said.example
        if said.size not in [size.name for size in self.said.sizes]:
            raise self._at(f"there is no size {said.size}", "example", "size")
        if said.rule not in STEPS or said.rule not in [r["kind"] for r in self.said.rules]:
            raise self._at(f"{said.rule} cannot have an example here", "example", "rule")
        steps = self._in_example("steps", lambda: checked_steps("example", said.rule, said.steps))
        expected = self._in_example(
            "expected", lambda: checked_expectation("example expected", said.rule, said.expected)
        )
        return PresetExample(
            size=said.size, rule=said.rule, steps=steps, expected=expected, source=said.source
        )

    def _in_example(self, key: str, read: Callable[[], T]) -> T:
        try:
            return read()
        except InvalidValue as error:
            raise self._at(str(error), "example", key) from error


HEADER = re.compile(r"^\s*\[\[?\s*(\w+)\s*\]\]?\s*(#.*)?$")


def line_of(text: str, *where: int | str) -> int:
    """The line, from 1, of a key of a TOML file by its path such as ("rules", 0, "kind").

    The line of the table it should stand in where the key is not there.
    """
    table = str(where[0]) if len(where) > 1 else ""
    number = where[1] if len(where) > 1 and isinstance(where[1], int) else 0
    key = next((str(part) for part in reversed(where) if isinstance(part, str)), "")
    lines = text.splitlines()
    here, seen, began = "", -1, 1
    for line, content in enumerate(lines, start=1):
        header = HEADER.match(content)
        if header:
            here = header[1]
            seen += here == table
        if here == table and (not table or seen == number):
            began = line if header else began
            if re.match(rf'\s*"?{re.escape(key)}"?\s*=', content):
                return line
    return began
