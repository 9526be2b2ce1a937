"""The doors: who has come in, by which gate, and the list of those who may."""
