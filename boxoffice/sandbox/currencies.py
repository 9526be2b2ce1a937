"""What Stripe charges: currencies, how many decimals an amount is sent with, the least and the most. As Stripe sends.

Source: https://docs.stripe.com/currencies.
"""

from typing import Final

from boxoffice.sandbox.errors import invalid

_CODES: Final = (
    "aed afn all amd aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny "
    "cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk "
    "jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr "
    "mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos "
    "srd szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw"
)
CURRENCIES: Final = frozenset(_CODES.split())
_ZERO_DECIMALS: Final = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf")
)
_THREE_DECIMALS: Final = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
_STEPS: Final = {"isk": 100, "ugx": 100, **dict.fromkeys(_THREE_DECIMALS, 10)}
"""What an amount must be divisible by."""
_LEAST: Final = {
    **dict.fromkeys(("usd", "aud", "brl", "cad", "chf", "eur", "inr", "nzd", "sgd"), 50),
    "aed": 200,
    "bgn": 100,
    "czk": 1500,
    "dkk": 250,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "thb": 1000,
}
_MOST: Final = 99_999_999
_MOST_IDR: Final = 999_999_999_999


def digits_of(currency: str) -> int:
    """Returns how many decimals an amount is sent with."""
    return 0 if currency in _ZERO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2


def step_of(currency: str) -> int:
    """Returns what every amount must be divisible by, as it is sent."""
    return _STEPS.get(currency, 1)


def check_amount(amount: int, currency: str) -> None:
    """Refuses what Stripe does not charge.

    Raises:
        StripeError: 400, for an unknown currency or an amount out of bounds.
    """
    if currency not in CURRENCIES:
        raise invalid(f"Invalid currency: {currency}. Stripe currently supports these currencies: …", "currency")
    check_step(amount, currency)
    if amount < _LEAST.get(currency, 1):
        raise invalid("Amount must convert to at least 50 cents.", "amount", "amount_too_small")
    if amount > (_MOST_IDR if currency == "idr" else _MOST):
        raise invalid("Amount must be no more than $999,999.99", "amount", "amount_too_large")


def check_step(amount: int, currency: str) -> None:
    """Refuses what there is no such amount of.

    Raises:
        StripeError: 400, for five hundredths of a króna, or a dinar whose last digit is not 0.
    """
    step = step_of(currency)
    if amount % step:
        words = f"Invalid amount: amounts in {currency} must be evenly divisible by {step}."
        raise invalid(words, "amount", "invalid_charge_amount")
