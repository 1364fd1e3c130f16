"""Keys that sign digests: Ed25519 through `cryptography`, SM2 through `gmssl-pyx`, both optional.

pip install 'perfxl[sign]'     Ed25519
pip install 'perfxl[sm2]'      SM2 with SM3, the signer id 1234567812345678 of GM/T 0009
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from perfxl.os_errors import english_reason, reason
from perfxl.problem import Problem

SignatureAlgorithm = Literal["Ed25519", "SM2"]

_EXTRAS = {"Ed25519": "sign", "SM2": "sm2"}
_LARGEST_FILE = 1_000_000
_KEY_LENGTH = {"Ed25519": 32, "SM2": 64}


class SigningUnavailable(Problem):
    """The library for this kind of key is not installed."""


class KeyFileError(Problem):
    """A key file or a register that cannot be used."""


@dataclass(frozen=True)
class PublicKey:
    """`raw`: 32 bytes for Ed25519, the 64 bytes x, y for SM2."""

    algorithm: SignatureAlgorithm
    raw: bytes

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that name the key."""
        return sha256(self.algorithm.encode("ascii") + b"\n" + self.raw).hexdigest()[:32]

    @property
    def text(self) -> str:
        """Base 64, as a register has it."""
        return base64.b64encode(self.raw).decode("ascii")

    def verify(self, message: bytes, signature: str) -> bool:
        """Whether the base 64 signature is this key's. Raises SigningUnavailable, nothing else."""
        try:
            value = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            return False
        return _VERIFIERS[self.algorithm](self.raw, message, value)


@dataclass(frozen=True)
class PrivateKey:
    """`raw`: the 32 bytes of the secret. Never shown."""

    algorithm: SignatureAlgorithm
    raw: bytes = field(repr=False)
    public: PublicKey

    def sign(self, message: bytes) -> str:
        """Base 64. Raises SigningUnavailable."""
        return base64.b64encode(_SIGNERS[self.algorithm](self, message)).decode("ascii")


@dataclass(frozen=True)
class RegisteredKey:
    """A unit's key in the bureau's register."""

    unit: str
    key: PublicKey
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day; the day of revocation for a key that was lost."""

    def allows(self, time: str) -> bool:
        """Whether the key was valid on the day that the seal states."""
        try:
            day = datetime.fromisoformat(time).date()
        except ValueError:
            return False
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Register:
    """Public keys of units."""

    keys: tuple[RegisteredKey, ...] = ()

    def find(self, fingerprint: str) -> RegisteredKey | None:
        return self._by_fingerprint.get(fingerprint)

    @cached_property
    def _by_fingerprint(self) -> dict[str, RegisteredKey]:
        return {entry.key.fingerprint: entry for entry in self.keys}


def generate(algorithm: SignatureAlgorithm = "Ed25519") -> PrivateKey:
    """A new key pair. Raises SigningUnavailable."""
    if algorithm == "Ed25519":
        ed25519 = _library("Ed25519", "cryptography.hazmat.primitives.asymmetric.ed25519")
        return _ed25519(ed25519.Ed25519PrivateKey.generate())
    public, private = _library("SM2", "gmssl_pyx").sm2_key_generate()
    return PrivateKey("SM2", bytes(private), PublicKey("SM2", bytes(public)))


# Files


def write_private_key(path: Path, key: PrivateKey, passphrase: str = "") -> None:
    """A new file that only its owner can read. Raises FileExistsError rather than overwrite a key.

    PKCS #8 in PEM; encrypted where a passphrase is given, which only Ed25519 takes (KeyFileError for SM2).
    """
    data = _ed25519_pem(key, passphrase) if key.algorithm == "Ed25519" else _sm2_pem(key, passphrase)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def is_encrypted(path: Path) -> bool:
    """Whether a private key file needs a passphrase. KeyFileError as in `read_private_key`."""
    return b"ENCRYPTED PRIVATE KEY" in _bytes(path, private=True)


def read_private_key(path: Path, passphrase: str = "") -> PrivateKey:
    """Raises KeyFileError for a file that is no key, that others can read, or whose passphrase is another."""
    data = _bytes(path, private=True)
    return _sm2_from_pem(data) or _ed25519_from_pem(data, passphrase)


def read_register(path: Path) -> Register:
    """A TOML file of `[[key]]` tables: unit, algorithm, public; valid_from and valid_to where they are known.

    Raises KeyFileError naming the table."""
    try:
        raw = tomllib.loads(_bytes(path).decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise KeyFileError(
            f"{path.name}: 不是 UTF-8 编码的 TOML；请按 perfxl key new 印出的样子写",
            f"{path.name}: not TOML in UTF-8; write it as perfxl key new prints it",
        ) from error
    tables = raw.get("key", [])
    if raw.keys() - {"key"} or not isinstance(tables, list):
        raise KeyFileError(
            f"{path.name}: 只能有 [[key]]；请删去其余的", f"{path.name}: only [[key]] may stand here; delete the rest"
        )
    entries = [
        _registered((f"{path.name}: 第 {n} 个 [[key]]", f"{path.name}: [[key]] {n}"), one)
        for n, one in enumerate(tables, 1)
    ]
    seen: set[str] = set()
    for entry in entries:
        if entry.key.fingerprint in seen:
            raise KeyFileError(
                f"{path.name}: 公钥 {entry.key.fingerprint} 登记了两次；请删去一处",
                f"{path.name}: the public key {entry.key.fingerprint} stands twice; delete one of them",
            )
        seen.add(entry.key.fingerprint)
    return Register(tuple(entries))


def register_text(entries: Iterable[RegisteredKey]) -> str:
    """The TOML of a register."""
    return "\n".join(_table(entry) for entry in entries)


def _table(entry: RegisteredKey) -> str:
    lines = [
        "[[key]]",
        f"unit = {_toml_string(entry.unit)}",
        f'algorithm = "{entry.key.algorithm}"',
        f'public = "{entry.key.text}"',
    ]
    days = (("valid_from", entry.valid_from), ("valid_to", entry.valid_to))
    lines += [f"{name} = {day.isoformat()}" for name, day in days if day]
    return "\n".join(lines) + "\n"


def _toml_string(text: str) -> str:
    escaped = re.sub(r'["\\]', lambda match: "\\" + match[0], text)
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", escaped) + '"'


def _registered(where: tuple[str, str], table: object) -> RegisteredKey:
    """`where` it stands, in Chinese and English."""
    zh, en = where
    if not isinstance(table, dict):
        raise KeyFileError(f"{zh}: 应为一张表；请写成 [[key]]", f"{en}: not a table; write [[key]]")
    if unknown := table.keys() - {"unit", "algorithm", "public", "valid_from", "valid_to"}:
        raise KeyFileError(
            f"{zh}: 没有 {min(unknown)} 这一项；请删去或改正", f"{en}: there is no {min(unknown)}; delete or correct it"
        )
    unit, algorithm, public = (table.get(name) for name in ("unit", "algorithm", "public"))
    if not isinstance(unit, str) or not unit.strip():
        raise KeyFileError(f"{zh}: 没有单位名称；请写 unit", f"{en}: the name of the unit is missing; write unit")
    if algorithm not in ("Ed25519", "SM2"):
        raise KeyFileError(f"{zh}: algorithm 有误；请写 Ed25519 或 SM2", f"{en}: wrong algorithm; write Ed25519 or SM2")
    try:
        raw = base64.b64decode(public if isinstance(public, str) else "", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _KEY_LENGTH[algorithm]:
        raise KeyFileError(
            f"{zh}: public 不是 {_KEY_LENGTH[algorithm]} 字节的 Base64；请照 perfxl key show 印出的抄写",
            f"{en}: public is not {_KEY_LENGTH[algorithm]} bytes in Base64; copy what perfxl key show prints",
        )
    days = [table.get(name) for name in ("valid_from", "valid_to")]
    if any(day is not None and (not isinstance(day, date) or isinstance(day, datetime)) for day in days):
        raise KeyFileError(
            f"{zh}: valid_from、valid_to 不是日期；请写成 2025-01-01 的样子",
            f"{en}: valid_from or valid_to is no date; write it like 2025-01-01",
        )
    return RegisteredKey(unit.strip(), PublicKey("Ed25519" if algorithm == "Ed25519" else "SM2", raw), *days)


def _bytes(path: Path, private: bool = False) -> bytes:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_FILE:
                raise KeyFileError(
                    f"{path.name}: 不是密钥文件；请核对路径", f"{path.name}: no key file; check the path"
                )
            if private and os.name == "posix" and status.st_mode & 0o077:
                raise KeyFileError(
                    f"{path.name}: 他人也能读取这个私钥文件；请先改为仅本人可读（chmod 600）",
                    f"{path.name}: others can read this private key; make it readable by you alone (chmod 600)",
                )
            return file.read(_LARGEST_FILE)
    except OSError as error:
        raise KeyFileError(
            f"{path.name}: 无法读取（{reason(error)}）；请核对路径和权限",
            f"{path.name}: cannot be read ({english_reason(error)}); check the path and the rights",
        ) from error


# Ed25519


def _ed25519(key: Any) -> PrivateKey:
    return PrivateKey("Ed25519", key.private_bytes_raw(), PublicKey("Ed25519", key.public_key().public_bytes_raw()))


def _ed25519_key(raw: bytes) -> Any:
    ed25519 = _library("Ed25519", "cryptography.hazmat.primitives.asymmetric.ed25519")
    return ed25519.Ed25519PrivateKey.from_private_bytes(raw)


def _ed25519_sign(key: PrivateKey, message: bytes) -> bytes:
    return bytes(_ed25519_key(key.raw).sign(message))


def _ed25519_verify(raw: bytes, message: bytes, signature: bytes) -> bool:
    ed25519 = _library("Ed25519", "cryptography.hazmat.primitives.asymmetric.ed25519")
    invalid = _library("Ed25519", "cryptography.exceptions").InvalidSignature
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except (invalid, ValueError):
        return False
    return True


def _ed25519_pem(key: PrivateKey, passphrase: str) -> bytes:
    forms = _library("Ed25519", "cryptography.hazmat.primitives.serialization")
    cipher = forms.BestAvailableEncryption(passphrase.encode()) if passphrase else forms.NoEncryption()
    private = _ed25519_key(key.raw)
    return bytes(private.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, cipher))


def _ed25519_from_pem(data: bytes, passphrase: str) -> PrivateKey:
    forms = _library("Ed25519", "cryptography.hazmat.primitives.serialization")
    ed25519 = _library("Ed25519", "cryptography.hazmat.primitives.asymmetric.ed25519")
    unsupported = _library("Ed25519", "cryptography.exceptions").UnsupportedAlgorithm
    try:
        key = forms.load_pem_private_key(data, passphrase.encode() or None)
    except (ValueError, TypeError, unsupported) as error:
        raise KeyFileError(
            "私钥文件无法打开：口令不对，或不是私钥文件；请核对后再试",
            "the private key cannot be opened: another passphrase, or no private key; check both and try again",
        ) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise KeyFileError(
            "私钥文件里不是 Ed25519 私钥；请用 perfxl key new 写的文件",
            "the file holds no Ed25519 private key; use one that perfxl key new has written",
        )
    return _ed25519(key)


# SM2


_SM2_BEGIN = b"-----BEGIN PRIVATE KEY-----"
# PKCS #8 (RFC 5958) around an ECPrivateKey (RFC 5915) on curve 1.2.156.10197.1.301: all lengths are fixed.
_SM2_HEAD = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
_SM2_MIDDLE = bytes.fromhex("a14403420004")
_PROBE = b"perfxl"


def _sm2_sign(key: PrivateKey, message: bytes) -> bytes:
    return bytes(_library("SM2", "gmssl_pyx").sm2_sign(key.raw, key.public.raw, message))


def _sm2_verify(raw: bytes, message: bytes, signature: bytes) -> bool:
    gmssl = _library("SM2", "gmssl_pyx")
    try:
        return bool(gmssl.sm2_verify(raw, message, signature))
    except (gmssl.GmsslInnerError, ValueError):
        return False


def _sm2_pem(key: PrivateKey, passphrase: str) -> bytes:
    if passphrase:
        raise KeyFileError(
            "SM2 私钥文件不能加口令；需要口令时请用 Ed25519",
            "an SM2 private key takes no passphrase; use Ed25519 where one is needed",
        )
    body = base64.b64encode(_SM2_HEAD + key.raw + _SM2_MIDDLE + key.public.raw)
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return b"\n".join((_SM2_BEGIN, *lines, b"-----END PRIVATE KEY-----", b""))


def _sm2_from_pem(data: bytes) -> PrivateKey | None:
    """None for a file that holds another kind of key."""
    body = b"".join(line for line in data.split(b"\n") if not line.startswith(b"-----")).replace(b"\r", b"")
    try:
        der = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return None
    middle = len(_SM2_HEAD) + 32
    if not der.startswith(_SM2_HEAD) or der[middle : middle + len(_SM2_MIDDLE)] != _SM2_MIDDLE:
        return None
    secret, public = der[len(_SM2_HEAD) : middle], der[middle + len(_SM2_MIDDLE) :]
    gmssl = _library("SM2", "gmssl_pyx")
    try:
        good = len(public) == 64 and gmssl.sm2_verify(public, _PROBE, gmssl.sm2_sign(secret, public, _PROBE))
    except (gmssl.GmsslInnerError, ValueError):
        good = False
    if not good:
        raise KeyFileError(
            "私钥文件里的公钥与私钥不是一对；请用 perfxl key new 写的文件",
            "the public and the private key of the file are no pair; use a file that perfxl key new has written",
        )
    return PrivateKey("SM2", secret, PublicKey("SM2", public))


def _library(algorithm: SignatureAlgorithm, module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        extra = _EXTRAS[algorithm]
        raise SigningUnavailable(
            f"{algorithm} 签名所需的部分没有装；请运行 pip install 'perfxl[{extra}]'",
            f"what signs by {algorithm} is not installed; run pip install 'perfxl[{extra}]'",
        ) from error


_SIGNERS: dict[SignatureAlgorithm, Callable[[PrivateKey, bytes], bytes]] = {"Ed25519": _ed25519_sign, "SM2": _sm2_sign}
_VERIFIERS: dict[SignatureAlgorithm, Callable[[bytes, bytes, bytes], bool]] = {
    "Ed25519": _ed25519_verify,
    "SM2": _sm2_verify,
}
