"""E-mail addresses as people write, paste and mistype them. What passes here is taken by those who send our mails."""

import re
import unicodedata
from enum import Enum
from typing import Final
from urllib.parse import unquote

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.languages import later
from boxoffice.core.reading import read_line

MOST: Final = 254  # RFC 5321, 4.5.3.1.3, less the brackets around a path
_END: Final = ".,;:!?/\\、،؛؟۔"
_LABEL: Final = re.compile(r"\A\s*(?:mailto|e-?mail|mail|correo(?: electr[oó]nico)?)\s*:\s*", re.IGNORECASE)
_MAILTO: Final = re.compile(r"[^@]*\bmailto\s*:", re.IGNORECASE)
_NAMED: Final = re.compile(r"[^<>]*<\s*([^<>]+?)\s*>[\s.,;:!?]*")
_MARKS: Final = "\"'`´′ʼ*"
"""What words are put between, besides brackets and the quotes of every language. RFC 5322 lets an address begin or end
with some of them; nobody has such a one, and many paste theirs so."""
_WRAPPING: Final = frozenset({"Ps", "Pe", "Pi", "Pf"})
_APOSTROPHES: Final = str.maketrans("’ʼ", "''")
_GOOGLE: Final = ("gmail.com", "googlemail.com")
"""Two names of one service, which does not look at dots (support.google.com/mail/answer/7436150)."""
_DOTS: Final = str.maketrans("\u3002", ".")
"""What stands for a dot where people write Chinese or Japanese (RFC 3490, 3.1)."""


class Wrong(Enum):
    """What can be wrong with an address, in the words for whoever wrote it. Pages translate them."""

    EMPTY = later("Your tickets go to this address. Please fill it in.")
    NO_AT = later("This e-mail is missing an @.")
    SEVERAL = later("Please give one e-mail address only.")
    NO_NAME = later("Something is missing before the @.")
    NO_DOT = later("This e-mail is missing a dot. Check the part after @.")
    DOTS = later("This e-mail has two dots in a row, or one where none can be.")
    BLANK = later("This e-mail has a blank in it.")
    LETTERS = later("Only plain letters and digits can stand before the @ of an e-mail.")
    DOMAIN = later("The part after @ is no address that mail can reach. Please check it.")
    LONG = later("This e-mail is too long.")


class BadAddress(BadInput):
    """It is no address that mail can be sent to."""

    def __init__(self, wrong: Wrong, place: str) -> None:
        self.wrong = wrong
        super().__init__([FieldError(place, wrong.value)])


def read_email(text: str, place: str = "email") -> str:
    """Returns the address within what was written (`mailto:`, `Ana <ana@example.org>`, a comma behind it), in ASCII.

    Raises:
        BadAddress: if there is none, or more than one, or mail can't go there.
    """
    bare = _bare(text)
    wrong = _wrong(bare)
    if wrong is not None:
        raise BadAddress(wrong, place)
    # Loaded here: only who reads an address needs it.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  # 27 ms of a till's start

    try:
        found = validate_email(bare, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise BadAddress(_reason(bare), place) from error
    address = found.ascii_email
    if address is None or len(address) > MOST:
        raise BadAddress(Wrong.LONG, place)
    return address


def is_email(text: str) -> bool:
    """Returns whether mail can be sent to it as it stands."""
    try:
        return read_email(text) == text
    except BadAddress:
        return False


def mailbox_of(address: str) -> str:
    """Returns who reads the mail of an address, as far as addresses tell: tags are one person's, and so are capitals.

    `ana+2@example.org` goes to `ana@example.org` wherever tags are known (RFC 5233), which is nearly everywhere; where
    they are not, `+` stands in no one's address by chance. Dots mean nothing at Google, and another person elsewhere.
    """
    name, _, host = address.strip().casefold().rpartition("@")
    bare = name.partition("+")[0] or name
    if host in _GOOGLE:
        return f"{bare.replace('.', '')}@{_GOOGLE[0]}"
    return f"{bare}@{host}"


def may_share_mailbox(address: str) -> tuple[str, tuple[str, ...]]:
    """Returns how every address begins that goes to the same mailbox, and after which hosts: to look for them by."""
    name, _, host = mailbox_of(address).rpartition("@")
    return name[:1], _GOOGLE if host in _GOOGLE else (host,)


def _bare(text: str) -> str:
    """Returns what stands between the marks and words that addresses are copied with."""
    line = read_line(unicodedata.normalize("NFKC", text)).translate(_DOTS)
    named = _NAMED.fullmatch(line)
    is_around_all = named is not None and ("@" in named[1] or "@" not in line.partition("<")[0])
    inner = named[1] if named is not None and is_around_all else line
    if _MAILTO.match(line):  # a link, in which signs are written by their numbers (RFC 6068)
        inner = read_line(unquote(inner.partition("?")[0]))
    before = None
    while before != inner:
        before = inner
        inner = _LABEL.sub("", _unwrapped(inner)).lstrip(",;:").rstrip(_END)
    name, at, host = inner.partition("@")
    return _unwrapped(name).translate(_APOSTROPHES) + at + _unwrapped(host)


def _unwrapped(text: str) -> str:
    """Returns the text without the brackets and quotes around it, whether they close or not."""
    first, last = 0, len(text)
    while first < last and _wraps(text[first]):
        first += 1
    while last > first and _wraps(text[last - 1]):
        last -= 1
    return text[first:last]


def _wraps(letter: str) -> bool:
    return letter.isspace() or letter in _MARKS or unicodedata.category(letter) in _WRAPPING or letter in "<>"


def _wrong(bare: str) -> Wrong | None:
    name, at, host = bare.partition("@")
    checks = (
        (Wrong.EMPTY, not bare),
        (Wrong.NO_AT, not at),
        (Wrong.SEVERAL, "@" in host),
        (Wrong.NO_NAME, not name),
        (Wrong.BLANK, " " in bare),
        (Wrong.DOTS, ".." in bare or bare.startswith(".") or name.endswith(".") or host.startswith(".")),
        (Wrong.NO_DOT, "." not in host),
        (Wrong.LETTERS, not name.isascii()),
        (Wrong.LONG, len(bare) > MOST or len(name) > 64),  # RFC 5321, 4.5.3.1.1
    )
    return next((wrong for wrong, is_so in checks if is_so), None)


def _reason(bare: str) -> Wrong:
    """Returns what is wrong with an address that has all its parts."""
    name = bare.partition("@")[0]
    return Wrong.DOMAIN if re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+", name) else Wrong.LETTERS
