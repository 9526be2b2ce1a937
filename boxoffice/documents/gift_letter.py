"""The mail that brings a gift card: what is on it, its code to scan and to type, and what its giver writes."""

from dataclasses import dataclass
from html import escape

from boxoffice.core.gift_cards import CardCode
from boxoffice.documents.html import mail_page
from boxoffice.documents.languages import language, later
from boxoffice.documents.qr import qr_table

_KEEP = later("Keep it as you keep cash: whoever has this code can spend it. It has no end date and costs nothing.")


@dataclass(frozen=True, slots=True)
class GiftLetter:
    """`words` are plain text from `sender`, for `name`; all three may be empty. Nobody else's gift `is_own`.

    `shop_url` is where it can be spent, `balance_url` where to look what is left on it.
    """

    event_name: str
    venue: str
    amount: str
    code: CardCode
    shop_url: str
    balance_url: str
    name: str = ""
    sender: str = ""
    words: str = ""
    is_own: bool = False
    language: str = "en"

    @property
    def subject(self) -> str:
        say = language(self.language).say
        if self.is_own:
            return say("Your gift card for {event}").format(event=self.event_name)
        if not self.sender:
            return say("A gift card for you, for {event}").format(event=self.event_name)
        return say("{sender} gives you a gift card for {event}").format(sender=self.sender, event=self.event_name)

    @property
    def greeting(self) -> str:
        say = language(self.language).say
        return say("Hello {name},").format(name=self.name) if self.name else say("Hello,")

    @property
    def how(self) -> tuple[str, ...]:
        """How it is spent, in sentences."""
        say = language(self.language).say
        return (
            say("Type it at the checkout of our shop, or show it at the door: it pays for all or a part."),
            say(_KEEP),
        )


def gift_html(letter: GiftLetter) -> str:
    """Returns a whole HTML page. Every text of the letter is escaped."""
    say = language(letter.language).say
    words = "<br>".join(escape(line) for line in letter.words.splitlines())
    said = (
        f'<blockquote style="margin:16px 0;padding:8px 16px;border-left:4px solid #ff6b6b">{words}</blockquote>'
        if words
        else ""
    )
    hows = "".join(f"<p>{escape(each)}</p>" for each in letter.how)
    shop, balance = say("To the shop"), say("What is left on it?")
    body = f"""<tr><td><h2 style="margin:0 0 16px">{escape(letter.subject)}</h2><p>{escape(letter.greeting)}</p>{said}</td></tr>
<tr><td align="center" style="padding:16px 0"><p style="margin:0;font-size:40px;font-weight:700">{escape(letter.amount)}</p>
{qr_table(letter.code.shown)}
<p style="margin:12px 0 0;font-size:22px;font-weight:700;letter-spacing:1px;font-family:monospace">{escape(letter.code.shown)}</p></td></tr>
<tr><td>{hows}<p style="margin:24px 0"><a href="{escape(letter.shop_url)}" style="background:#c24132;color:#ffffff;padding:14px 28px;border-radius:10px;text-decoration:none;font-weight:700">{escape(shop)}</a></p>
<p><a href="{escape(letter.balance_url)}">{escape(balance)}</a></p></td></tr>"""  # noqa: E501  # markup
    return mail_page(letter.subject, (letter.event_name,), letter.venue, body, language=letter.language)


def gift_text(letter: GiftLetter) -> str:
    """Returns the letter as plain text."""
    say = language(letter.language).say
    code = say("Code")
    parts = [
        letter.subject,
        letter.greeting,
        letter.words,
        f"{letter.amount}\n{code}: {letter.code.shown}",
        *letter.how,
        letter.shop_url,
        ": ".join((say("What is left on it?"), letter.balance_url)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
