"""The file that a till writes when it reaches no hub: its facts, and beside them who bought and which mails they wish.

Each fact is signed for itself; what lies beside them is signed as a whole, as it says where tickets are sent.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from boxoffice.core.facts import canonical
from boxoffice.core.wire.mails import MailRequest
from boxoffice.core.wire.message import FactMessage, Message
from boxoffice.core.wire.pushes import ContactMessage

_PURPOSE: Final = b"boxoffice export\n"


class Export(Message):
    """One till's file. Files of older tills hold `facts` alone."""

    device_id: str = ""
    facts: tuple[FactMessage, ...]
    contacts: tuple[ContactMessage, ...] = ()
    mails: tuple[MailRequest, ...] = ()
    signature: str = ""

    def signed(self, key: Ed25519PrivateKey) -> "Export":
        """Returns the file with the till's word for what lies beside its facts."""
        return self.model_copy(update={"signature": key.sign(self._said()).hex()})

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        try:
            key.verify(bytes.fromhex(self.signature), self._said())
        except (InvalidSignature, ValueError):
            return False
        return True

    def _said(self) -> bytes:
        return _PURPOSE + canonical(self.model_dump(mode="json", include={"device_id", "contacts", "mails"}))
