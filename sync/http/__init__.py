"""The hub's HTTP side: JSON routes, pages, who may come in, and what stands around every request."""
