"""What is on sale, and how much of it is left, and where."""
