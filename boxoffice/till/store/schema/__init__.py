"""The tables of the till's file, by what they are about."""
