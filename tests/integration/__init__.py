"""Real stores and servers, on loopback."""
