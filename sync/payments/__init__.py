"""Money that comes in by providers and goes back by them, from its start to its end."""
