"""What the screens draw: frozen values with all text already written."""
