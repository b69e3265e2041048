"""The key in the names of a stream's files (dump-output.md#file-names)."""

from __future__ import annotations

import random
import string

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH = 8

WORD = 8
MASK = (1 << 64) - 1
MULTIPLIER = 0xC6A4A7935BD1E995
SEED = 0xC70F6907


def stream_key(seed: str) -> str:
    """Eight different characters, as the engine draws them for every stream."""
    return "".join(random.Random(seed).sample(ALPHABET, LENGTH))  # noqa: S311


def text_hash(text: str) -> str:
    """The hash of a text by the GNU C++ library: a stream's name as the key in `OriginMode`, variants in the names of TS files.

    That is MurmurHash64A with the library's seed (dump-output.md#file-names).
    """
    name = text.encode()
    value = SEED ^ (len(name) * MULTIPLIER & MASK)
    whole = len(name) - len(name) % WORD
    for start in range(0, whole, WORD):
        word = int.from_bytes(name[start : start + WORD], "little") * MULTIPLIER & MASK
        value = (value ^ (_mix(word) * MULTIPLIER & MASK)) * MULTIPLIER & MASK
    if whole < len(name):
        value = (value ^ int.from_bytes(name[whole:], "little")) * MULTIPLIER & MASK
    return str(_mix(_mix(value) * MULTIPLIER & MASK))


def _mix(value: int) -> int:
    return value ^ value >> 47
