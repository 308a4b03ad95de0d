"""Terraform's hash functions, and those whose result only a run settles."""

from __future__ import annotations

import re
from typing import Any, Final

from scanner.iac.hcl.functions.definition import Functions
from scanner.iac.hcl.functions.unification import text
from scanner.iac.hcl.values import EvaluationError

FUNCTIONS = Functions()
FUNCTIONS.later("uuid bcrypt", "{name}() gives another value each time it is run")
FUNCTIONS.later("rsadecrypt", "{name}() reads a secret, which is not looked at")

_NAMESPACES: Final = {"dns": "10", "url": "11", "oid": "12", "x500": "14"}
_UUID = re.compile(
    r"(?:urn:uuid:|\{)?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?|([0-9a-f]{32})",
    re.IGNORECASE,
)


def digest(algorithm: str, content: bytes) -> Any:
    """Give the hash of bytes."""
    import hashlib  # noqa: PLC0415  # most code hashes nothing

    return hashlib.new(algorithm, content, usedforsecurity=False)


def encoded(content: bytes) -> str:
    """Give bytes in Base64."""
    from binascii import b2a_base64  # noqa: PLC0415  # most code encodes nothing

    return b2a_base64(content, newline=False).decode()


@FUNCTIONS.define("md5", text)
def md5(source: str) -> str:
    """Give the MD5 hash of a text."""
    return str(digest("md5", source.encode()).hexdigest())


@FUNCTIONS.define("sha1", text)
def sha1(source: str) -> str:
    """Give the SHA-1 hash of a text."""
    return str(digest("sha1", source.encode()).hexdigest())


@FUNCTIONS.define("sha256", text)
def sha256(source: str) -> str:
    """Give the SHA-256 hash of a text."""
    return str(digest("sha256", source.encode()).hexdigest())


@FUNCTIONS.define("sha512", text)
def sha512(source: str) -> str:
    """Give the SHA-512 hash of a text."""
    return str(digest("sha512", source.encode()).hexdigest())


@FUNCTIONS.define("base64sha256", text)
def base64_sha256(source: str) -> str:
    """Give the SHA-256 hash of a text in Base64."""
    return encoded(digest("sha256", source.encode()).digest())


@FUNCTIONS.define("base64sha512", text)
def base64_sha512(source: str) -> str:
    """Give the SHA-512 hash of a text in Base64."""
    return encoded(digest("sha512", source.encode()).digest())


@FUNCTIONS.define("uuidv5", text, text)
def uuid_of(namespace: str, name: str) -> str:
    """Give the UUID of a name in a namespace."""
    if namespace in _NAMESPACES:
        space = f"6ba7b8{_NAMESPACES[namespace]}-9dad-11d1-80b4-00c04fd430c8".replace("-", "")
    else:
        found = _UUID.fullmatch(namespace)
        if found is None:
            raise EvaluationError(f"uuidv5() takes dns, url, oid, x500 or a UUID, found {namespace[:60]!r}")
        space = "".join(part for part in found.groups() if part)
    made = bytearray(digest("sha1", bytes.fromhex(space) + name.encode()).digest()[:16])
    made[6] = made[6] & 0x0F | 0x50
    made[8] = made[8] & 0x3F | 0x80
    whole = made.hex()
    return f"{whole[:8]}-{whole[8:12]}-{whole[12:16]}-{whole[16:20]}-{whole[20:]}"
