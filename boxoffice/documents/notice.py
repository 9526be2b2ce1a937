"""A notice to customers as a mail's HTML and plain text, under the event's head."""

from dataclasses import dataclass
from html import escape

from boxoffice.documents.html import mail_page
from boxoffice.documents.languages import language


@dataclass(frozen=True, slots=True)
class Notice:
    """`words` are plain text; an empty line begins a paragraph. `language` is en or es."""

    event_name: str
    venue: str
    subject: str
    words: str
    language: str = "en"


def notice_html(notice: Notice) -> str:
    """Returns a whole HTML page. Every text of the notice is escaped."""
    paragraphs = "".join(f"<p>{'<br>'.join(map(escape, each.splitlines()))}</p>" for each in _paragraphs(notice))
    why = f'<p style="color:#4a4541;font-size:14px;margin-top:32px">{escape(_why(notice))}</p>'
    body = f'<tr><td><h2 style="margin:0 0 16px">{escape(notice.subject)}</h2>{paragraphs}{why}</td></tr>'
    return mail_page(notice.subject, (notice.event_name,), notice.venue, body, language=notice.language)


def letter_html(event_name: str, venue: str, subject: str, words: str, spoken: str) -> str:
    """Returns a whole HTML page of a mail of a few words that goes to no customer. Every text is escaped."""
    body = f'<tr><td><h2 style="margin:0 0 16px">{escape(subject)}</h2><p>{escape(words)}</p></td></tr>'
    return mail_page(subject, (event_name,), venue, body, language=spoken)


def link_html(head: str, subject: str, words: str, link: str, rest: str, spoken: str) -> str:
    """Returns a whole HTML page of a mail that is about one link. Every text is escaped."""
    body = (
        f'<tr><td><h2 style="margin:0 0 16px">{escape(subject)}</h2><p>{escape(words)}</p>'
        f'<p><a href="{escape(link)}">{escape(link)}</a></p><p>{escape(rest)}</p></td></tr>'
    )
    return mail_page(subject, (head,), "", body, language=spoken)


def notice_text(notice: Notice) -> str:
    """Returns the notice as plain text."""
    return "\n\n".join([notice.subject, *_paragraphs(notice), _why(notice)]) + "\n"


def _paragraphs(notice: Notice) -> list[str]:
    lines = notice.words.replace("\r\n", "\n").replace("\r", "\n")
    return [each.strip("\n") for each in lines.split("\n\n") if each.strip()]


def _why(notice: Notice) -> str:
    words = language(notice.language).say(
        "You get this because you bought tickets for {event}. Questions? Reply to this e-mail."
    )
    return words.format(event=notice.event_name)
