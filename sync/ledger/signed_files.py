"""Files in one ZIP, with a list of their hashes that the event's key has signed: who gets them can prove them."""

import io
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SUMS, SIGNATURE, KEY, HOW = "SHA256SUMS", "SHA256SUMS.sig", "event-key.pem", "HOW-TO-VERIFY.txt"
_THEN: Final = (1980, 1, 1, 0, 0, 0)
"""A ZIP of the same files is the same bytes."""
_WORDS: Final = """{title}

{state}

Every file in this archive is in SHA256SUMS, by its SHA-256. That list is signed (Ed25519) by the key of the event,
which also certifies its tickets. The signature is SHA256SUMS.sig. To check both:

  openssl pkeyutl -verify -pubin -inkey event-key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
  sha256sum -c SHA256SUMS

The key's fingerprint (SHA-256 of its 32 bytes) is
  {fingerprint}
and stands on the hub's page of the close: compare the two, or anybody could have signed it.
"""


def fingerprint_of(public: bytes) -> str:
    """Returns what people compare of a key: in groups of four."""
    digits = sha256(public).hexdigest()
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def signed_zip(files: Mapping[str, bytes], key: Ed25519PrivateKey, title: str, state: str) -> bytes:
    """Returns the files with the signed list of their hashes, and how to check it."""
    public = key.public_key()
    raw = public.public_bytes_raw()
    how = _WORDS.format(title=title, state=state, fingerprint=fingerprint_of(raw)).encode()
    whole = {**files, HOW: how}
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(whole.items())).encode()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    beside = {SUMS: sums, SIGNATURE: key.sign(sums), KEY: pem}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted({**whole, **beside}.items()):
            archive.writestr(zipfile.ZipInfo(name, _THEN), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
