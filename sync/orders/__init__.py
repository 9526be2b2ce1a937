"""Orders wherever they were placed: how they end, who may see them, and what they add up to."""
