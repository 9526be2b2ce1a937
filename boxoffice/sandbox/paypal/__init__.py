"""PayPal Orders v2, refunds and signed webhooks, as a merchant's server and a customer's browser meet them."""
