"""The password of a sheet's protection, and what a lock remembers in order to be undone."""

from __future__ import annotations

import base64
import hashlib
import secrets
import zlib
from collections.abc import Mapping
from functools import cache

from pydantic import TypeAdapter

from perfxl.edit import PasswordHash, WorkbookSettings

BEFORE = "perfxl.before."
"""Begins the custom properties that hold the settings from before the lock."""

_SPINS = 100_000
_PART = 250
_MOST_BYTES = 4_000_000


def hashed(password: str) -> PasswordHash:
    """The password as Excel keeps it (ECMA-376 part 1, 18.2.29), with a salt of its own."""
    salt = secrets.token_bytes(16)
    digest = hashlib.sha512(salt + password.encode("utf-16-le")).digest()
    for spin in range(_SPINS):
        digest = hashlib.sha512(digest + spin.to_bytes(4, "little")).digest()
    return PasswordHash("SHA-512", base64.b64encode(digest).decode(), base64.b64encode(salt).decode(), _SPINS)


def before_properties(settings: WorkbookSettings) -> dict[str, str]:
    """The settings as custom document properties of at most 255 characters."""
    data = base64.b64encode(zlib.compress(_settings().dump_json(settings), 9)).decode()
    parts = [data[start : start + _PART] for start in range(0, len(data), _PART)]
    return {f"{BEFORE}{number}": part for number, part in enumerate(parts, start=1)}


def before_from_properties(properties: Mapping[str, str]) -> WorkbookSettings | None:
    """The settings from before the lock; None where they are missing or cannot be read."""
    parts = [properties.get(f"{BEFORE}{number}", "") for number in range(1, len(properties) + 1)]
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode("".join(parts), validate=True), _MOST_BYTES)
        return _settings().validate_json(data) if unpacking.eof else None
    except (ValueError, zlib.error):
        return None


@cache
def _settings() -> TypeAdapter[WorkbookSettings]:
    return TypeAdapter(WorkbookSettings)
