"""Postgres: tables, migrations, repositories."""
