"""The hub, without disk and network."""
