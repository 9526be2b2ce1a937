"""Where the providers' payment pages are."""

from urllib.parse import urlsplit

from sync.config import Settings


def payment_pages(settings: Settings) -> list[str]:
    """Returns the origins that a payment form leads to: a policy that names none would stop the visitor there."""
    pages = ["https://checkout.stripe.com", *settings.checkout_origins]
    if not settings.lacks("PayPal"):
        pages += ["https://www.paypal.com", "https://www.sandbox.paypal.com"]
    for address in (settings.stripe_api_base, settings.paypal_api_base):
        base = urlsplit(address)
        if not (base.hostname or "").endswith((".stripe.com", ".paypal.com")):
            pages.append(f"{base.scheme}://{base.netloc}")
    return pages
