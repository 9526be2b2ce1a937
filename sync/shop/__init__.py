"""The shop: web orders from a cart to tickets."""
