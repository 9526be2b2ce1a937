"""Training: the real till on a copy of the event, with a hub and providers of its own, and drills with a score."""
