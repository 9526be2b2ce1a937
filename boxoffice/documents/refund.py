"""A mail that tells of money that was given back: how much, for what, where it goes, and when it is there."""

from dataclasses import dataclass
from html import escape

from boxoffice.documents.html import mail_page
from boxoffice.documents.languages import language


@dataclass(frozen=True, slots=True)
class RefundNotice:
    """`what` are the things that were given back; none if it was an amount. `to` is such as `Visa •••• 4242`."""

    event_name: str
    venue: str
    order_number: str
    amount_text: str
    to: str
    is_card: bool
    what: tuple[str, ...]
    is_all: bool
    ended_tickets: int
    language: str = "en"

    def say(self, text: str) -> str:
        return language(self.language).say(text)

    @property
    def subject(self) -> str:
        return self.say("{amount} given back, order {number}").format(amount=self.amount_text, number=self.order_number)


def refund_lines(notice: RefundNotice) -> list[str]:
    """Returns what the mail says, a paragraph each."""
    say = notice.say
    whole = say("We have given back all of order {number}: {amount}.")
    part = say("We have given back {amount} of order {number}.")
    first = (whole if notice.is_all else part).format(amount=notice.amount_text, number=notice.order_number)
    goes = say("It goes to {to}.").format(to=notice.to)
    soon = say("Banks show it after 5 to 10 working days.") if notice.is_card else say("It is there within a few days.")
    lines = [first, f"{goes} {soon}"]
    if notice.what:
        lines.append(say("This was given back: {what}.").format(what=", ".join(notice.what)))
    if notice.ended_tickets:
        lines.append(say("The tickets that were given back don’t let anyone in any more."))
    if not notice.is_all:
        lines.append(say("Everything else of your order stays as it is."))
    return [*lines, say("Questions? Reply to this e-mail and name your order.")]


def refund_html(notice: RefundNotice) -> str:
    """Returns a whole HTML page. Every text is escaped."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in refund_lines(notice))
    body = f'<tr><td><h2 style="margin:0 0 16px">{escape(notice.subject)}</h2>{paragraphs}</td></tr>'
    return mail_page(notice.subject, (notice.event_name,), notice.venue, body, language=notice.language)


def refund_text(notice: RefundNotice) -> str:
    """Returns the mail as plain text."""
    return "\n\n".join([notice.subject, *refund_lines(notice)]) + "\n"
