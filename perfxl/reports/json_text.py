"""How every command writes JSON, and the JSON Schema of what it writes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel

_ACTING = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""Characters that a terminal or an editor obeys, and lone surrogates: JSON can say them in ASCII."""


def dumped(value: object, indent: int | None = None) -> str:
    """One line; with `indent` a document for people to look into."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _ACTING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def schema_text(model: type[BaseModel], title: str) -> str:
    """The JSON Schema of what is written of a model, as published."""
    schema = model.model_json_schema(mode="serialization") | {"title": title}
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    text = json.dumps(dialect | schema, ensure_ascii=False, indent=2)
    # Patterns are written for Rust, where nothing else says "whole text"; JSON Schema is read with those of JavaScript.
    return text.replace(r"\\A", "^").replace(r"\\z", "$") + "\n"
