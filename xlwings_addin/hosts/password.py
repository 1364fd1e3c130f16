"""Whether a password opens a protection as the file keeps it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from perfxl.edit import Edit, EditError, PasswordHash, ProtectSheet, ProtectStructure

_HASHES = {"SHA-512": "sha512", "SHA-384": "sha384", "SHA-256": "sha256", "SHA-1": "sha1", "MD5": "md5"}
_MOST_SPINS = 10_000_000


def opens(password: str, kept: PasswordHash | None) -> bool:
    """Whether it does; also where there is none. ECMA-376 part 1, 18.2.29 and 18.3.1.85."""
    if kept is None:
        return True
    if not kept.algorithm:
        return f"{_short_hash(password):04X}" == kept.digest.upper().zfill(4)
    name = _HASHES.get(kept.algorithm)
    if name is None or kept.spins > _MOST_SPINS:
        return False
    found = hashlib.new(name, base64.b64decode(kept.salt) + password.encode("utf-16-le")).digest()
    for count in range(kept.spins):
        found = hashlib.new(name, found + count.to_bytes(4, "little")).digest()
    return hmac.compare_digest(found, base64.b64decode(kept.digest))


def require_password(edits: Sequence[Edit], password: str | None) -> None:
    """Raises EditError where an edit's hash is not that of the password: a program takes nothing but the password."""
    kept = {edit.password for edit in edits if isinstance(edit, ProtectSheet | ProtectStructure) and edit.on}
    if not all(one is None or (password is not None and opens(password, one)) for one in kept):
        raise EditError(
            "锁定前的保护另有密码，与输入的不同，未作修改；请关闭工作簿，用 perfxl unlock 文件 --reason 原因 解锁",
            "the protection from before the lock has another password, so nothing was changed; close the workbook and"
            " unlock it by perfxl unlock FILE --reason WHY",
        )


def _short_hash(password: str) -> int:
    """ECMA-376 part 4, 14.7.1."""
    found = 0
    for byte in reversed(password.encode("gbk", "replace")):
        found = (found >> 14 & 1 | found << 1 & 0x7FFF) ^ byte
    found = (found >> 14 & 1 | found << 1 & 0x7FFF) ^ len(password.encode("gbk", "replace"))
    return found ^ 0xCE4B if password else 0
