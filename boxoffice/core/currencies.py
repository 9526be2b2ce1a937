"""The currencies: their decimals by ISO 4217, and what Stripe and PayPal take of each. One table, each rule sourced.

Amounts in this table are in minor units by ISO 4217, unless it says that they are as they are sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

STRIPE_RULES: Final = "https://docs.stripe.com/currencies"
PAYPAL_RULES: Final = "https://developer.paypal.com/api/rest/reference/currency-codes/"


@dataclass(frozen=True, slots=True)
class AtStripe:
    """`digits` are the decimals of the amount as it is sent, which must be a multiple of `step`; `most` is as sent.

    `least` is the smallest amount there is, where Stripe documents no other: its own refusal has the last word.
    """

    digits: int
    step: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class AtPayPal:
    """`digits` are the decimals that PayPal takes; `country` is set if only accounts of that country are paid in it."""

    digits: int
    country: str | None


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one currency. A provider that does not take it has no rules."""

    decimals: int
    stripe: AtStripe | None
    paypal: AtPayPal | None


# ISO 4217, “List one”, minor units.
_TWO: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC "
    "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD "
    "KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW"
)
_ZERO: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"

# STRIPE_RULES, “Minimum and maximum charge amounts”: the least of each, in whole units.
_LEAST_AT_STRIPE: Final = (
    "AED 2 AUD 0.50 BGN 1 BRL 0.50 CAD 0.50 CHF 0.50 CZK 15 DKK 2.50 EUR 0.50 GBP 0.30 HKD 4 HUF 175 INR 0.50 JPY 50 "
    "MXN 10 MYR 2 NOK 3 NZD 0.50 PLN 2 RON 2 SEK 3 SGD 0.50 THB 10 USD 0.50"
)
# The same page: of all others the least is what half a US dollar comes to, by the rate of the day at which Stripe turns
# it into the currency that the account is paid out in. That is no number that could stand here: nothing below it is
# refused beforehand, and Stripe's own refusal (`amount_too_small`, which is final) ends the payment.
_LEAST_BY_THE_DAY: Final = (
    "AFN ALL AMD AOA ARS AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BSD BWP BYN BZD CDF CLP CNY COP CRC CVE DJF DOP DZD "
    "EGP ETB FJD FKP GEL GIP GMD GNF GTQ GYD HNL HTG IDR ILS ISK JMD JOD KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR "
    "LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MZN NAD NGN NIO NPR OMR PAB PEN PGK PHP PKR PYG QAR RSD RUB RWF "
    "SAR SBD SCR SHP SLE SOS SRD SZL TJS TND TOP TRY TTD TWD TZS UAH UGX UYU UZS VND VUV WST XAF XCD XOF XPF YER ZAR "
    "ZMW"
)
# STRIPE_RULES, “Zero-decimal currencies”: the amount itself is sent. MGA has two decimals by ISO 4217 all the same.
_WHOLE_AT_STRIPE: Final = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
# STRIPE_RULES, “Special cases”: without decimals, and sent with two that are always 00.
_SENT_WITH_ZEROS: Final = "ISK UGX"
# STRIPE_RULES, “Three-decimal currencies”: the last digit that is sent must be 0.
_LAST_DIGIT_IS_ZERO: Final = "BHD JOD KWD OMR TND"
# STRIPE_RULES, “Minimum and maximum charge amounts”: eight digits as sent, and twelve of IDR.
_MOST_AT_STRIPE: Final = 99_999_999
_MOST_OF_IDR: Final = 999_999_999_999

# PAYPAL_RULES: what is taken, what is taken without decimals, and what only accounts of its own country take.
_AT_PAYPAL: Final = (
    "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS INR JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD"
)
_WHOLE_AT_PAYPAL: Final = "HUF JPY TWD"
_ONLY_AT_HOME: Final = {"BRL": "BR", "CNY": "CN", "INR": "IN", "MYR": "MY"}


def _decimals() -> Mapping[str, int]:
    return {code: digits for codes, digits in ((_TWO, 2), (_ZERO, 0), (_THREE, 3)) for code in codes.split()}


def _at_stripe(code: str, least: str | None, decimals: int) -> AtStripe:
    digits, step = decimals, 1
    if code in _WHOLE_AT_STRIPE.split():
        digits = 0
    elif code in _SENT_WITH_ZEROS.split():
        digits, step = 2, 100
    elif code in _LAST_DIGIT_IS_ZERO.split():
        step = 10
    most = _MOST_OF_IDR if code == "IDR" else _MOST_AT_STRIPE
    smallest = max(1, int(Decimal(step).scaleb(decimals - digits)))
    return AtStripe(digits, step, smallest if least is None else int(Decimal(least).scaleb(decimals)), most)


def _at_paypal(code: str) -> AtPayPal:
    return AtPayPal(0 if code in _WHOLE_AT_PAYPAL.split() else 2, _ONLY_AT_HOME.get(code))


def _table() -> Mapping[str, Rules]:
    words, paypal = _LEAST_AT_STRIPE.split(), _AT_PAYPAL.split()
    least: dict[str, str | None] = dict.fromkeys(_LEAST_BY_THE_DAY.split())
    least |= dict(zip(words[::2], words[1::2], strict=True))
    return {
        code: Rules(
            decimals,
            _at_stripe(code, least[code], decimals) if code in least else None,
            _at_paypal(code) if code in paypal else None,
        )
        for code, decimals in _decimals().items()
    }


CURRENCIES: Final[Mapping[str, Rules]] = _table()
