"""Alembic's migrations of the till's file; they only go forward."""
