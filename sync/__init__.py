"""The hub: one inventory and one ledger behind the tills and the web."""
