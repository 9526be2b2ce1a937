"""The only user of httpx: hub client and Stripe Terminal client."""
