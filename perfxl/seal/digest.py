"""Digests and the 封签码: SM3 where Python offers it, else SHA-256; a code that a person can copy from paper."""

from __future__ import annotations

import hashlib
import struct
import unicodedata
from functools import cache
from typing import Literal, get_args

Algorithm = Literal["SM3", "SHA-256"]
"""The name is part of what is hashed."""
ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)

_ABC = {
    "SM3": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    "SHA-256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
}
"""The digests of `abc`, from GB/T 32905-2016 annex A.1 and FIPS 180-2 appendix B.1."""

_SM3_START: tuple[int, ...] = (
    *(0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600),
    *(0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E),
)

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs, a prime number of them, without 0, 1, I, L and O."""
CODE_LENGTH = 20
_GROUP = 4
_DATA = CODE_LENGTH - 1


@cache
def default_algorithm() -> Algorithm:
    """SM3 where hashlib has it and it gives the known answer, else SHA-256."""
    return "SM3" if _sm3_offered() else "SHA-256"


def hex_digest(algorithm: Algorithm, data: bytes) -> str:
    """64 hexadecimal digits. SM3 is worked out here where hashlib has none: a seal can be verified anywhere."""
    if algorithm == "SHA-256":
        return hashlib.sha256(data).hexdigest()
    return hashlib.new("sm3", data).hexdigest() if _sm3_offered() else sm3(data)


@cache
def _sm3_offered() -> bool:
    try:
        return hashlib.new("sm3", b"abc").hexdigest() == _ABC["SM3"]
    except ValueError:
        return False


def sm3(data: bytes) -> str:
    """SM3 (GB/T 32905-2016) in plain Python, some 0.3 MB/s."""
    length = len(data)
    padded = data + b"\x80" + b"\0" * (-(length + 9) % 64) + struct.pack(">Q", 8 * length)
    state: tuple[int, ...] = (
        0x7380166F,
        0x4914B2B9,
        0x172442D7,
        0xDA8A0600,
        0xA96F30BC,
        0x163138AA,
        0xE38DEE4D,
        0xB0FB0E4E,
    )
    for block in range(0, len(padded), 64):
        state = _compress(state, struct.unpack(">16I", padded[block : block + 64]))
    return struct.pack(">8I", *state).hex()


def _compress(state: tuple[int, ...], block: tuple[int, ...]) -> tuple[int, ...]:
    words = list(block)
    for j in range(16, 68):
        mixed = words[j - 16] ^ words[j - 9] ^ _turn(words[j - 3], 15)
        words.append(mixed ^ _turn(mixed, 15) ^ _turn(mixed, 23) ^ _turn(words[j - 13], 7) ^ words[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        constant = 0x79CC4519 if j < 16 else 0x7A879D8A
        first = _turn((_turn(a, 12) + e + _turn(constant, j % 32)) & 0xFFFFFFFF, 7)
        second = first ^ _turn(a, 12)
        majority = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        choice = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
        left = (majority + d + second + (words[j] ^ words[j + 4])) & 0xFFFFFFFF
        right = (choice + h + first + words[j]) & 0xFFFFFFFF
        a, b, c, d = left, a, _turn(b, 9), c
        e, f, g, h = right ^ _turn(right, 9) ^ _turn(right, 17), e, _turn(f, 19), g
    return tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True))


def _turn(word: int, bits: int) -> int:
    return ((word << bits) | (word >> (32 - bits))) & 0xFFFFFFFF if bits else word


def seal_code(digest: str) -> str:
    """封签码: `7K2M-…`, five groups of four from the digest's first 94 bits, the last sign a check.

    The check finds every single wrong sign and every swap of two signs: each place has its own weight and the
    alphabet a prime number of signs.
    """
    number = int(digest, 16) * len(ALPHABET) ** _DATA >> 4 * len(digest)
    signs = []
    for _ in range(_DATA):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(sign)
    signs.reverse()
    text = "".join(ALPHABET[sign] for sign in (*signs, _check(signs)))
    return "-".join(text[start : start + _GROUP] for start in range(0, CODE_LENGTH, _GROUP))


def is_seal_code(text: str) -> bool:
    """Whether the code was copied without a slip. Case, width, spaces and strokes do not matter."""
    code = plain_code(text)
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        return False
    signs = [ALPHABET.index(sign) for sign in code]
    return signs[-1] == _check(signs[:-1])


def same_code(typed: str, digest: str) -> bool:
    """Whether the code on paper is this digest's."""
    return is_seal_code(typed) and plain_code(typed) == plain_code(seal_code(digest))


def plain_code(text: str) -> str:
    """A code as it is compared: `７k2m 9...` → `7K2M9…`."""
    folded = unicodedata.normalize("NFKC", text[:200]).upper()
    return "".join(sign for sign in folded if sign not in "-—–‐_" and not sign.isspace())


def _check(signs: list[int]) -> int:
    # The check's own weight is -1, different from those of all other places.
    return sum(weight * sign for weight, sign in enumerate(signs, start=1)) % len(ALPHABET)
