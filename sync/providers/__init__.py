"""Stripe and SendGrid, behind ports."""
