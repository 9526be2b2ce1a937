"""How the hub's tables came to be, step by step."""
