"""docs/api.md is true: its commands are run, its answers are held to the schemas."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

from riskcore.api import messages, schemas
from riskcore.api.problems import STATUS_OF, Problem

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
CSV = b"account,time,balance,equity\n7742,2026-03-02 09:30,50000,49000\n"
SHAPES = {
    "state": messages.StateMessage,
    "change": messages.ChangeMessage,
    "gone": messages.GoneMessage,
    "heartbeat": messages.Heartbeat,
    "about:blank": Problem,
    None: schemas.Recorded,
}


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def run(client, command):
    """The answer of a curl command of the page."""
    words = iter(shlex.split(command.replace("\\\n", " ")))
    assert next(words) == "curl"
    how = {"method": "GET", "headers": {}, "files": {}, "data": {}}
    for word in words:
        if word == "-X":
            how["method"] = next(words)
        elif word == "-H":
            how["headers"].update([next(words).split(": ")])
        elif word == "-d":
            how["content"] = next(words).encode()
        elif word == "-F":
            name, value = next(words).split("=")
            how["files" if value.startswith("@") else "data"][name] = (
                (value[1:], CSV) if value.startswith("@") else value
            )
        else:
            how["url"] = urlsplit(word).path
    return client.request(**how)


def test_the_commands_of_the_page_work_in_their_order(client):
    ids, answers = {"NOW": "2026-03-02T15:00:00Z"}, {}
    for command in blocks("sh"):
        for name, value in ids.items():
            command = command.replace(name, value)
        answer = run(client, command)
        assert answer.status_code in {200, 201}, answer.text
        noun = re.search(r"/v1/(\w+)s", command)[1]
        if "id" in answer.json():
            ids[f"{noun.upper()}_ID"] = answer.json()["id"]
        answers[noun] = answers.get(noun, {}) | answer.json()
    assert answers["snapshot"] == json.loads(blocks("json")[0])
    assert answers["group"]["overall_status"] == "caution"
    assert answers["group"]["sets"] == []
    assert answers["upload"]["taken"] == 1


@pytest.mark.parametrize("block", blocks("json"))
def test_the_answers_of_the_page_are_of_their_schema(block):
    shown = json.loads(block)
    shape = messages.BriefChangeMessage if "group" in shown else SHAPES[shown.get("type")]
    schema = shape.model_json_schema(mode="serialization")
    Draft202012Validator(schema).validate(shown)


def test_every_route_is_on_the_page(document):
    for path in document["paths"]:
        assert path.removeprefix("/v1") in PAGE


def test_every_status_of_a_refusal_is_on_the_page():
    for status in STATUS_OF.values():
        assert f"| {status} |" in PAGE
