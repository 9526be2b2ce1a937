"""The port between the screens and the till: all that a screen can ask for, and all that it is told."""
