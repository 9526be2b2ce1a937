"""The hub's tables by what they are about; `sync.store.tables` has them all."""
