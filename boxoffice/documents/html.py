"""Mails as HTML and plain text: tables and inline styles only, since mail programs know no more."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import assert_never

from boxoffice.documents.blocks import Centered, Code, Pair, Rule, receipt_blocks
from boxoffice.documents.languages import later
from boxoffice.documents.model import Receipt, ReceiptLine

_FONT = "font-family:'Open Sans',Arial,sans-serif"
_DARK = (
    ":root{color-scheme:light dark}@media(prefers-color-scheme:dark){"
    ".page{background:#191715!important;color:#f6efe6!important}"
    ".page [style*='color:#4a4541']{color:#d3cac0!important}.page [style*='#e8ddcf']{border-color:#3d3833!important}"
    ".page a:not([style*='#c24132']){color:#ff9a8c!important}}"
)
"""The dark look, for mail programs that know it; the others show what stands with each part."""
_CELL = "padding:12px 0;border-bottom:1px solid #e8ddcf"


def receipt_html(receipt: Receipt) -> str:
    """Returns a whole HTML page. Every text of the receipt is escaped."""
    say = receipt.say
    order, total = say("Order"), say("Total")
    body = f"""{_opening(receipt)}
<tr><td colspan="2"><h3 style="margin:0;font-size:20px">{escape(order)} {escape(receipt.order_number)}</h3>
<p style="margin:0 0 16px;color:#4a4541">{escape(receipt.sold_at)} · {escape(receipt.sold_by)}</p></td></tr>
{"".join(_line(line) for line in receipt.lines)}
{"".join(_sum(label, text) for label, text in receipt.sums)}
<tr><td style="padding:16px 0;font-weight:700;font-size:18px">{escape(total)}</td>
<td style="padding:16px 0;text-align:right;font-weight:700;font-size:24px">{escape(receipt.total_text)}</td></tr>
{"".join(_sum(label, text) for label, text in receipt.included)}
{"".join(_sum(tender.label, tender.amount_text) for tender in receipt.tenders)}
{"".join(_sum(label, text) for label, text in receipt.ends)}"""
    body += "".join(_closing(line) for line in receipt.closing.splitlines())
    about = f"{receipt.event_dates} · {', '.join(receipt.venue)}"
    title = " ".join((say("Receipt"), receipt.order_number))
    return mail_page(
        title, receipt.event_name, about, body, _event(receipt) + _button(receipt), language=receipt.language
    )


def mail_page(
    title: str, event_name: Sequence[str], about: str, body: str, after: str = "", *, language: str = "en"
) -> str:
    """Returns a mail under the event's head. `body` are rows of a table, and with `after` the only markup given."""
    return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>{escape(title)}</title><style>{_DARK}</style></head>
<body class="page" style="margin:0;background:#fef9f3;color:#1a1a1a;{_FONT};font-size:16px;line-height:1.5">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0">
<tr><td style="background:#1a1a1a;border-bottom:6px solid #ff6b6b;padding:32px 20px;text-align:center">
<h1 style="margin:0;color:#fef9f3;font-family:'Bebas Neue',Impact,Arial,sans-serif;font-size:40px;font-weight:400">
{"<br>".join(escape(line.upper()) for line in event_name)}</h1>
<p style="margin:8px 0 0;color:#c9c0b6">{escape(about)}</p></td></tr>
<tr><td style="padding:32px 20px"><table role="presentation" align="center" width="100%" style="max-width:600px">
{body}
</table>{after}</td></tr></table></body></html>
"""


def receipt_text(receipt: Receipt) -> str:
    """Returns the receipt as plain text, for mail programs that show no HTML."""
    lines = [_thanks(receipt), *receipt.opening.splitlines(), *_confirmation(receipt), ""]
    # A text can't hold the code that paper has, and nobody scans a mail: the link itself stands below.
    for block in receipt_blocks(replace(receipt, tickets_url=None)):
        match block:
            case Centered():
                lines.append(block.text)
            case Pair():
                lines.append(f"{block.left}  {block.right}".rstrip())
            case Rule():
                lines.append("-" * 40)
            case Code():
                pass
            case _:
                assert_never(block)
    lines += receipt.ticket_times
    if receipt.tickets_url:
        lines.append(": ".join((receipt.say("View Your Tickets"), receipt.tickets_url)))
    return "\n".join(lines) + "\n"


def _opening(receipt: Receipt) -> str:
    """Returns the first row: a word of thanks, and what is confirmed."""
    said = (*receipt.opening.splitlines(), *_confirmation(receipt))
    rest = "".join(f'<p style="margin:8px 0 0">{escape(line)}</p>' for line in said)
    heading = f'<h2 style="margin:0">{escape(_thanks(receipt))}</h2>'
    return f'<tr><td colspan="2" style="padding:0 0 24px">{heading}{rest}</td></tr>'


def _closing(line: str) -> str:
    return f'<tr><td colspan="2" style="padding:12px 0 0;color:#4a4541">{escape(line)}</td></tr>'


def _event(receipt: Receipt) -> str:
    title, name = receipt.say("Event details"), " ".join(receipt.event_name)
    lines = "<br>".join(escape(line) for line in (receipt.event_dates, *receipt.ticket_times, *receipt.venue))
    return (
        f'<div style="text-align:center;margin:32px 0 0"><h3 style="margin:0 0 4px">{escape(title)}</h3>'
        f'<p style="margin:0"><strong>{escape(name)}</strong><br>{lines}</p></div>'
    )


def _button(receipt: Receipt) -> str:
    if not receipt.tickets_url:
        return ""
    words = receipt.say("View Your Tickets")
    return (
        f'<p style="text-align:center;margin:32px 0"><a href="{escape(receipt.tickets_url)}" style="background:#c24132;'
        f'color:#ffffff;padding:14px 28px;border-radius:10px;text-decoration:none;font-weight:700">{escape(words)}'
        f"</a></p>"
    )


def _thanks(receipt: Receipt) -> str:
    if receipt.customer_name:
        return receipt.say("Thank you for your order, {name}!").format(name=receipt.customer_name)
    return receipt.say("Thank you for your order!")


def _confirmation(receipt: Receipt) -> list[str]:
    """Returns what the mail says of the tickets of an order from the web."""
    words = later("Your tickets are confirmed. They are attached as a PDF, and always behind the link below.")
    return [receipt.say(words)] if receipt.tickets_url else []


def _line(line: ReceiptLine) -> str:
    detail = f'<br><span style="color:#4a4541;font-size:14px">{escape(line.detail)}</span>' if line.detail else ""
    return (
        f'<tr><td style="{_CELL}"><strong>{escape(line.name)}</strong>{detail}<br>'
        f'<span style="color:#4a4541;font-size:14px">{line.quantity} × {escape(line.unit_text)}</span></td>'
        f'<td style="{_CELL};text-align:right">{escape(line.amount_text)}</td></tr>'
    )


def _sum(label: str, text: str) -> str:
    return (
        f'<tr><td style="padding:6px 0;color:#4a4541">{escape(label)}</td>'
        f'<td style="padding:6px 0;text-align:right">{escape(text)}</td></tr>'
    )
