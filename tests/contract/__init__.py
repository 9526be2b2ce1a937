"""What real things and their fakes both promise."""
