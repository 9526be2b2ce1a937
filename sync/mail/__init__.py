"""What goes to people by e-mail, and what becomes of it."""
