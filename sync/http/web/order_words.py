"""What the states of orders and of their parts are called on pages for organizers: English, said in their language."""

from collections.abc import Mapping
from typing import Final

from boxoffice.documents.languages import later

STATE_WORDS: Final[Mapping[str, str]] = {
    "pending": later("pending"),
    "processing": later("processing"),
    "completed": later("completed"),
    "failed": later("failed"),
    "refunded": later("refunded"),
    "partially_refunded": later("partially refunded"),
    "disputed": later("disputed"),
}
CHANNEL_WORDS: Final[Mapping[str, str]] = {"web": later("web"), "door": later("door"), "kiosk": later("kiosk")}
PAYMENT_WORDS: Final[Mapping[str, str]] = {
    "started": later("started"),
    "captured": later("captured"),
    "failed": later("failed"),
    "unknown": later("unknown"),
}
REFUND_WORDS: Final[Mapping[str, str]] = {
    "requested": later("requested"),
    "pending": later("pending"),
    "succeeded": later("succeeded"),
    "failed": later("failed"),
}
DISPUTE_WORDS: Final[Mapping[str, str]] = {
    "inquiry": later("inquiry"),
    "inquiry_closed": later("inquiry closed"),
    "open": later("open"),
    "won": later("won"),
    "lost": later("lost"),
    "prevented": later("prevented"),
}
TICKET_WORDS: Final[Mapping[str, str]] = {"valid": later("valid"), "voided": later("voided")}
MAIL_WORDS: Final[Mapping[str, str]] = {
    "queued": later("queued"),
    "sent": later("sent"),
    "delivered": later("delivered"),
    "bounced": later("bounced"),
    "failed": later("failed"),
}
