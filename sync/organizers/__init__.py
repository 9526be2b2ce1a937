"""Who runs the festival, how they sign in, and what they may do."""
