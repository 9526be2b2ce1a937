"""What the hub does: one use case, one transaction, one file."""
