"""E-mail addresses: read out of what people paste, refused with the right words, and taken by who sends the mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.email_addresses import BadAddress, Wrong, is_email, mailbox_of, may_share_mailbox, read_email
from boxoffice.sandbox.mail import read_mails

GOOD = "ana@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "ana@example.org,",
        "ana@example.org;",
        "ana@example.org.",
        " ana@example.org\n",
        "mailto:ana@example.org",
        "MAILTO: ana@example.org?subject=Tickets&body=x",
        "<ana@example.org>",
        "<mailto:ana@example.org>",
        "Ana <ana@example.org>",
        "Ana<ana@example.org>",
        '"Pérez, Ana" <ana@example.org>,',
        "(ana@example.org)",
        "‹ana@example.org›",
        "„ana@example.org“",
        "ana@example。org",
        "ana＠example｡org。",
        "“ana@example.org”",
        "'ana'@example.org",
        '"ana"@example.org',
        "‘ana’@example.org",
        "'ana'@'example.org'",
        "<'ana'@example.org>",
        'Ana <"ana"@example.org>;',
        "(ana)@example.org",
        "ana@<example.org>",
        "ana@example.org <ana@example.org>",
        "`ana@example.org`",
        "*ana@example.org*",
        "「ana@example.org」",
        '"mailto:ana@example.org"',
        "mailto:ana%40example.org",
        "mailto:%61na@example.org?cc=bo%40example.org",
        "E-mail: ana@example.org",
        "Correo electrónico: ana@example.org",
        "ana@example.org.,",
        "ana@example.org…",
        "ana@example.org/",
        "ana@example.org،",
        ", ana@example.org",
        "ana@example.org\u202c",
        "\u202aana@example.org",
        "ana@exam\u200bple.org",
        "ana@example\u00ad.org",
        "ana＠example．org",
        "ana @ example.org",
        "\ufeffana@example.org\u00a0",
    ],
)
def test_an_address_is_read_out_of_what_it_was_pasted_with(typed: str) -> None:
    assert read_email(typed) == GOOD


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", Wrong.EMPTY),
        ("\u200b", Wrong.EMPTY),
        ("<>", Wrong.EMPTY),
        ("ana", Wrong.NO_AT),
        ("@example.org", Wrong.NO_NAME),
        ("ana@example.org, bo@example.org", Wrong.SEVERAL),
        ("ana@example.org bo@example.org", Wrong.SEVERAL),
        ("ana@bo@example.org", Wrong.SEVERAL),
        ("ana@example", Wrong.NO_DOT),
        ("ana@example..org", Wrong.DOTS),
        ("ana..b@example.org", Wrong.DOTS),
        (".ana@example.org", Wrong.DOTS),
        ("ana.@example.org", Wrong.DOTS),
        ("ana@.example.org", Wrong.DOTS),
        ("an a@example.org", Wrong.BLANK),
        ("ana@exam ple.org", Wrong.BLANK),
        ("añá@example.org", Wrong.LETTERS),
        ("山田@example.org", Wrong.LETTERS),
        ('"an\\"a"@example.org', Wrong.LETTERS),
        ("ana@-example.org", Wrong.DOMAIN),
        ("ana@exam_ple.org", Wrong.DOMAIN),
        ("ana@example.org/x", Wrong.DOMAIN),
        ("ana@[192.0.2.1]", Wrong.DOMAIN),
        ("ana@192.0.2.1", Wrong.DOMAIN),
        ("ana@venue.local", Wrong.DOMAIN),
        ("a" * 65 + "@example.org", Wrong.LONG),
        ("ana@" + "a." * 140 + "org", Wrong.LONG),
    ],
)
def test_what_mail_can_not_reach_is_refused_with_the_reason(typed: str, wrong: Wrong) -> None:
    with pytest.raises(BadAddress) as refused:
        read_email(typed)

    assert refused.value.wrong is wrong


@pytest.mark.parametrize("typed", ["o'brien@example.org", "o’brien@example.org", "'o’brien'@example.org"])
def test_an_apostrophe_within_a_name_is_the_one_that_mail_knows(typed: str) -> None:
    assert read_email(typed) == "o'brien@example.org"


def test_a_link_writes_some_signs_by_their_numbers_and_an_address_does_not() -> None:
    assert read_email("mailto:ana%2Bfest@example.org") == "ana+fest@example.org"
    assert read_email("ana%2Bfest@example.org") == "ana%2Bfest@example.org"


WRAPS = st.sampled_from(
    ["''", '""', "“”", "‘’", "«»", "„“", "<>", "()", "[]", "``", "**", "'", '"', "「」", "´´", "＂＂"]
)


@given(
    st.lists(WRAPS, max_size=3), st.sampled_from(["whole", "name", "host"]), st.sampled_from(["", ".", ",", ";", " "])
)
def test_no_quote_around_any_part_of_an_address_is_read_as_a_letter_of_it(
    wraps: list[str], around: str, end: str
) -> None:
    name, host = GOOD.split("@")

    def wrapped(text: str) -> str:
        for each in wraps:
            text = each[0] + text + each[1:]
        return text

    typed = {"whole": wrapped(GOOD), "name": f"{wrapped(name)}@{host}", "host": f"{name}@{wrapped(host)}"}[around]
    assert read_email(typed + end) == GOOD


def test_a_domain_in_any_script_is_kept_as_mail_programs_send_it() -> None:
    assert read_email("Ana@münchen.de") == "Ana@xn--mnchen-3ya.de"


PARTS = st.sampled_from(
    [
        *("ana", "o'brien", "bo+x", ".", "..", "@", "@@", "example", ".org", "münchen", "山田", "<", ">", ",", " "),
        *("'", "‘", "»", "`", "*", "%0A", "%00", "%E2%80%AE", "?", ":", "/"),
        *("\u202e", "\u200b", "mailto:", "-", "_", "ex ample", "\r\n", '"', "[1.2.3.4]", "ａ", "xn--", "İ", "x" * 70),
    ]
)


@given(st.one_of(st.lists(PARTS, max_size=9).map("".join), st.emails(), st.text(max_size=40)))
def test_whatever_is_taken_is_taken_by_the_mailer_and_reads_the_same_again(typed: str) -> None:
    try:
        address = read_email(typed)
    except BadAddress:
        return

    body = {
        "personalizations": [{"to": [{"email": address}]}],
        "from": {"email": "boxoffice@example.org"},
        "subject": "x",
        "content": [{"type": "text/plain", "value": "x"}],
    }
    assert read_mails(body)[0].to == (address,)
    assert address.isascii()
    assert is_email(address)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana@example.org", "ana+2@example.org"),
        ("ana@example.org", "ANA+@Example.ORG"),
        ("ana+a+b@example.org", "ana+c@example.org"),
        ("a.n.a@gmail.com", "ana+x@googlemail.com"),
    ],
)
def test_tags_capitals_and_what_a_service_does_not_look_at_make_no_other_person(one: str, other: str) -> None:
    assert mailbox_of(one) == mailbox_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.na@example.org", "ana@example.org"),
        ("ana-2@example.org", "ana@example.org"),
        ("ana@mail.example.org", "ana@example.org"),
        ("+a@example.org", "+b@example.org"),
    ],
)
def test_what_may_be_two_people_stays_two(one: str, other: str) -> None:
    assert mailbox_of(one) != mailbox_of(other)


@given(st.from_regex(r"[a-z][a-z.+]{0,8}[a-z]@(gmail\.com|googlemail\.com|example\.org)", fullmatch=True))
def test_all_addresses_of_a_mailbox_are_looked_for(address: str) -> None:
    begins, hosts = may_share_mailbox(mailbox_of(address))

    assert address.startswith(begins)
    assert address.partition("@")[2] in hosts
