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
    """`digits` are the decimals of the amount as it is sent, which must be a multiple of `step`; `most` is as sent."""

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
# The same page: of all others, what comes to half a US dollar on the day. Written here a little above that, so that
# what passes is taken; where a rate has run away since, Stripe's own refusal ends the payment.
_ABOUT_HALF_A_DOLLAR: Final = (
    "AFN 40 ALL 50 AMD 200 AOA 500 ARS 800 AWG 1 AZN 1 BAM 1 BBD 1 BDT 65 BHD 0.200 BIF 1500 BMD 0.50 BND 0.70 BOB 4 "
    "BSD 0.50 BWP 7 BYN 2 BZD 1 CDF 1500 CLP 500 CNY 4 COP 2200 CRC 270 CVE 55 DJF 90 DOP 35 DZD 70 EGP 26 ETB 80 "
    "FJD 1.20 FKP 0.40 GEL 1.50 GIP 0.40 GMD 40 GNF 4500 GTQ 4 GYD 110 HNL 14 HTG 70 IDR 8500 ILS 2 ISK 70 JMD 85 "
    "JOD 0.360 KES 70 KGS 45 KHR 2100 KMF 230 KRW 750 KWD 0.160 KYD 0.45 KZT 280 LAK 11000 LBP 45000 LKR 160 LRD 100 "
    "LSL 10 MAD 5 MDL 9 MGA 2400 MKD 29 MMK 1100 MNT 1800 MOP 4.10 MUR 24 MVR 8 MWK 900 MZN 33 NAD 10 NGN 800 NIO 19 "
    "NPR 72 OMR 0.200 PAB 0.50 PEN 2 PGK 2.20 PHP 30 PKR 145 PYG 4000 QAR 2 RSD 55 RUB 50 RWF 750 SAR 2 SBD 4.50 "
    "SCR 8 SHP 0.40 SLE 12 SOS 290 SRD 20 SZL 10 TJS 6 TND 1.600 TOP 1.30 TRY 22 TTD 3.50 TWD 17 TZS 1350 UAH 22 "
    "UGX 1900 UYU 22 UZS 6500 VND 13500 VUV 62 WST 1.50 XAF 300 XCD 1.40 XOF 300 XPF 56 YER 130 ZAR 10 ZMW 14"
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


def _at_stripe(code: str, least: str, decimals: int) -> AtStripe:
    digits, step = decimals, 1
    if code in _WHOLE_AT_STRIPE.split():
        digits = 0
    elif code in _SENT_WITH_ZEROS.split():
        digits, step = 2, 100
    elif code in _LAST_DIGIT_IS_ZERO.split():
        step = 10
    most = _MOST_OF_IDR if code == "IDR" else _MOST_AT_STRIPE
    return AtStripe(digits, step, int(Decimal(least).scaleb(decimals)), most)


def _at_paypal(code: str) -> AtPayPal:
    return AtPayPal(0 if code in _WHOLE_AT_PAYPAL.split() else 2, _ONLY_AT_HOME.get(code))


def _table() -> Mapping[str, Rules]:
    words = f"{_LEAST_AT_STRIPE} {_ABOUT_HALF_A_DOLLAR}".split()
    least = dict(zip(words[::2], words[1::2], strict=True))
    paypal = _AT_PAYPAL.split()
    return {
        code: Rules(
            decimals,
            _at_stripe(code, least[code], decimals) if code in least else None,
            _at_paypal(code) if code in paypal else None,
        )
        for code, decimals in _decimals().items()
    }


CURRENCIES: Final[Mapping[str, Rules]] = _table()
