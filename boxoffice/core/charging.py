"""What a provider can charge, and how it wants an amount written: asked before anything is held, begun or sent."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import Enum
from typing import Final

from boxoffice.core.currencies import CURRENCIES
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.money import Currency, Money


class Provider(Enum):
    """Who charges. The value is the name that people know."""

    STRIPE = "Stripe"
    PAYPAL = "PayPal"


class Bar(Enum):
    """Why an amount can't be charged."""

    CURRENCY = "currency"
    TOO_LITTLE = "too_little"
    TOO_MUCH = "too_much"
    STEP = "step"


_WORDS: Final = {
    Bar.CURRENCY: "{where} does not take {code}",
    Bar.TOO_LITTLE: "{amount} is too little to be paid {how}: the least is {bound}",
    Bar.TOO_MUCH: "{amount} is too much to be paid {how} at once: the most is {bound}",
    Bar.STEP: "{amount} can't be paid {how}: it must be a multiple of {bound}",
}
_HOW: Final = {Provider.STRIPE: "by card", Provider.PAYPAL: "with PayPal"}


class CantBeCharged(BadInput):
    """A provider would refuse this amount for good. `bound` is the least, the most, or the step to keep to."""

    def __init__(self, provider: Provider, bar: Bar, amount: Money, bound: Money | None = None) -> None:
        self.provider, self.bar, self.amount, self.bound = provider, bar, amount, bound
        words = _WORDS[bar].format(
            where=provider.value, how=_HOW[provider], code=amount.currency.code, amount=amount, bound=bound
        )
        super().__init__([FieldError("total", words)])
        self.args = (words,)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one payment may be in a currency at a provider. `most` is None where the account decides."""

    least: Money
    most: Money | None
    step: Money


def limits_of(provider: Provider, currency: Currency, home: str | None = None) -> Limits | None:
    """Returns the limits, or None if the provider does not take the currency.

    Args:
        provider: who charges.
        currency: what in.
        home: the country of the PayPal account, where some currencies are taken only.
    """
    rules = CURRENCIES[currency.code]
    if provider is Provider.PAYPAL:
        paypal = rules.paypal
        if paypal is None or paypal.country not in (None, home):
            return None
        step = Money(10 ** (rules.decimals - paypal.digits), currency)
        return Limits(step, None, step)
    stripe = rules.stripe
    if stripe is None:
        return None
    most = Money(_moved(stripe.most // stripe.step * stripe.step, stripe.digits, rules.decimals), currency)
    return Limits(Money(stripe.least, currency), most, step_of(currency))


def step_of(currency: Currency) -> Money:
    """Returns the smallest amount in which cards pay: 0.010 KWD, 1 MGA, one minor unit of nearly all."""
    rules = CURRENCIES[currency.code]
    if rules.stripe is None:
        return Money(1, currency)
    return Money(max(1, _moved(rules.stripe.step, rules.stripe.digits, rules.decimals)), currency)


def bar_to(provider: Provider, amount: Money, home: str | None = None) -> CantBeCharged | None:
    """Returns why the provider would not charge the amount, or None if it would. `home` is as in `limits_of`."""
    limits = limits_of(provider, amount.currency, home)
    if limits is None:
        return CantBeCharged(provider, Bar.CURRENCY, amount)
    if amount < limits.least:
        return CantBeCharged(provider, Bar.TOO_LITTLE, amount, limits.least)
    if limits.most is not None and limits.most < amount:
        return CantBeCharged(provider, Bar.TOO_MUCH, amount, limits.most)
    if amount.minor % limits.step.minor:
        return CantBeCharged(provider, Bar.STEP, amount, limits.step)
    return None


def to_stripe(amount: Money) -> int:
    """Returns the amount as Stripe is sent it.

    Raises:
        CantBeCharged: if Stripe has no such amount.
    """
    rules = CURRENCIES[amount.currency.code]
    if rules.stripe is None:
        raise CantBeCharged(Provider.STRIPE, Bar.CURRENCY, amount)
    step = step_of(amount.currency)
    if amount.minor % step.minor:
        raise CantBeCharged(Provider.STRIPE, Bar.STEP, amount, step)
    return _moved(amount.minor, rules.decimals, rules.stripe.digits)


def from_stripe(sent: int, code: str) -> int:
    """Returns an amount of Stripe's in minor units; `code` may be in lower case, and of a currency that we don't know.

    What Stripe itself makes, such as a fee, may be finer than we count: it is rounded.
    """
    rules = CURRENCIES.get(code.upper())
    if rules is None or rules.stripe is None:
        return sent
    return _moved(sent, rules.stripe.digits, rules.decimals)


def to_paypal(amount: Money) -> str:
    """Returns the amount as PayPal writes it: `25.00`, or `500` in a currency that it takes without decimals.

    Raises:
        CantBeCharged: if PayPal has no such amount.
    """
    rules = CURRENCIES[amount.currency.code]
    if rules.paypal is None:
        raise CantBeCharged(Provider.PAYPAL, Bar.CURRENCY, amount)
    step = 10 ** (rules.decimals - rules.paypal.digits)
    if amount.minor % step:
        raise CantBeCharged(Provider.PAYPAL, Bar.STEP, amount, Money(step, amount.currency))
    return f"{Decimal(amount.minor).scaleb(-rules.decimals):.{rules.paypal.digits}f}"


def as_sent(provider: Provider, amount: Money) -> int | str:
    """Returns the amount as the provider is sent it. Raises as `to_stripe` and `to_paypal`."""
    return to_paypal(amount) if provider is Provider.PAYPAL else to_stripe(amount)


def from_paypal(value: str, code: str) -> int:
    """Returns an amount of PayPal's in minor units; zeros that the currency does not have are let go."""
    decimals = CURRENCIES[code].decimals if code in CURRENCIES else 2
    return _rounded(Decimal(value).scaleb(decimals))


def _moved(amount: int, digits: int, to: int) -> int:
    return _rounded(Decimal(amount).scaleb(to - digits))


def _rounded(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_HALF_EVEN))
