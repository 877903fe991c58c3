"""The files of the published documents, and the check that a change does not break them."""

import json
from pathlib import Path
from typing import Any

import yaml

from shared.contracts.compatibility import Schema, incompatibilities
from shared.contracts.directory import published_messages
from shared.contracts.documents.asyncapi import Document, asyncapi_document
from shared.contracts.documents.schemas import (
    name,
    published_schema,
    reader_schema,
    routing_keys,
    writer_schema,
)
from shared.contracts.message import Event, Message

_WHAT_TO_DO = """
Give a changed message the next version, and publish it beside the old one until nobody subscribes to the old one.
A message that nobody relies on yet may change: delete its file in `schemas/` first."""


class BreakingChange(Exception):
    """The contracts would break the published ones; `reasons` says where and for whom."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n  - ".join(("These changes would break the published contracts:", *reasons)) + _WHAT_TO_DO)
        self.reasons = reasons


def write_contracts(folder: Path, openapi: Document) -> list[Path]:
    """Write the files that are stale in `folder` (`docs/contracts`), and return their paths.

    `openapi` is the description of the HTTP API. Raises `BreakingChange`, and writes nothing, if a schema that is
    published there would be broken.
    """
    if reasons := breaking_changes(folder):
        raise BreakingChange(reasons)
    stale = _stale(folder, openapi)
    for path, content in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return list(stale)


def stale_contracts(folder: Path, openapi: Document) -> list[Path]:
    """The paths of the files that are missing or out of date."""
    return list(_stale(folder, openapi))


def breaking_changes(folder: Path) -> list[str]:
    """Every way in which the contracts break the schemas published in `folder`, as text."""
    messages = {name(message): message for message in published_messages()}
    return [
        reason
        for file in sorted((folder / "schemas").glob("*.json"))
        for reason in _broken(file.stem, messages.get(file.stem), json.loads(file.read_text(encoding="utf-8")))
    ]


def _broken(published_as: str, message: type[Message] | None, published: Schema) -> list[str]:
    if message is None:
        return [f"{published_as}: nobody publishes it any more"]
    lost = [f"the routing key {key} is gone" for key in published["x-routing-keys"] if key not in routing_keys(message)]
    before = incompatibilities(published, reader_schema(message))
    if not issubclass(message, Event):
        return [f"{published_as}, for whoever sends it: {reason}" for reason in (*lost, *before)]
    now = incompatibilities(writer_schema(message), published)
    return [
        *(f"{published_as}, for whoever subscribes to it: {reason}" for reason in (*lost, *now)),
        *(f"{published_as}, published before this change and still on its way: {reason}" for reason in before),
    ]


def _stale(folder: Path, openapi: Document) -> dict[Path, str]:
    """The stale files, with their new content."""
    return {
        folder / path: content
        for path, content in _contents(openapi).items()
        if not (folder / path).exists() or (folder / path).read_text(encoding="utf-8") != content
    }


def _contents(openapi: Document) -> dict[Path, str]:
    """The content of every file, by its path in the folder."""
    return {
        Path("asyncapi.yaml"): _yaml(asyncapi_document()),
        Path("openapi.json"): _json(openapi),
        **{
            Path("schemas", f"{name(message)}.json"): _json(published_schema(message))
            for message in published_messages()
        },
    }


def _json(document: Document) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _yaml(document: Document) -> str:
    return yaml.dump(document, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=110)


class _PlainDumper(yaml.SafeDumper):
    """Writes YAML without aliases, and a text of several lines as a block."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_PlainDumper.add_representer(str, _block)
