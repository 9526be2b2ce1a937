"""Use cases of the hub, and their ports."""
