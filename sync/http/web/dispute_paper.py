"""What a bank reads about a dispute, as a PDF to look at before it is sent, and to keep after it."""

from boxoffice.core.evidence import WORDS, WORDS_OF
from boxoffice.core.money import Currency, Money
from boxoffice.documents.sheets import Heading, Paragraph, Part, Sheet, Table, sheet_pdf
from sync.payments.dispute_answers import Packet


def packet_pdf(packet: Packet) -> bytes:
    """Returns it in English: banks read no other."""
    dispute, evidence = packet.dispute, packet.evidence
    amount = Money(dispute.amount, Currency(dispute.currency))
    named = [
        ("Order", dispute.order_number),
        ("Payment", dispute.provider_reference or ""),
        ("What was sold", evidence["product_description"]),
        ("When it was", evidence["service_date"]),
        ("Customer", " · ".join(each for each in (dispute.customer_name, dispute.customer_email) if each)),
    ]
    records = [
        (
            f"{each.at:%b} {each.at.day}, {each.at:%Y, %H:%M}",
            f"{WORDS_OF[each.kind].title.format(**each.values)}. {WORDS_OF[each.kind].sentence.format(**each.values)}",
            f"{each.record}, {each.hash[:16]}" if each.is_signed else "told by the mail service",
        )
        for each in packet.story.told
    ]
    parts: list[Part] = [
        Heading("Statement"),
        Paragraph(evidence[WORDS]),
        Heading("The sale"),
        Table([each for each in named if each[1]], widths=(0.22, 0.78), is_words=True),
        Heading("The records"),
        Table(records, ("When", "What", "Record, hash"), widths=(0.2, 0.56, 0.24), is_words=True),
        Paragraph(
            "Each record was signed (Ed25519) when it was made, by the machine that saw it, and follows the hash of "
            "the record before it. Times are by a clock at the event.",
            is_quiet=True,
        ),
        Paragraph(f"SHA-256 of all that is sent: {packet.digest}", is_quiet=True),
    ]
    under = f"{dispute.event_name} · {amount} · {packet.dispute.id}"
    return sheet_pdf(Sheet(f"Dispute of order {dispute.order_number}", under, parts))
