"""The hub on real Postgres."""
