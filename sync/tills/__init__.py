"""What tills ask of the hub, and what the hub knows of them."""
