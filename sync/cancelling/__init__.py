"""What is cancelled or moved: whom it concerns, what goes back, and how that is done to the end."""
