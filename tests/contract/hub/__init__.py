"""What the hub owes, whatever it is made of."""
