"""The books: facts proven and written, on chains of the hub's own and the tills', and what proves them."""
