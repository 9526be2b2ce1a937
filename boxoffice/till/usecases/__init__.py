"""Use cases of the till, one file each, and the ports they need."""
