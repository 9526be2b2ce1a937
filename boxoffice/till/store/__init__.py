"""The till's encrypted SQLite file."""
