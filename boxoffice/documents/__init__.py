"""Receipts and tickets: laid out once, out as PDF, ESC/POS and HTML."""
