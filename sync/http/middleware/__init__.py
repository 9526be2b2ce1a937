"""What every request goes through before it meets a route, and every answer after."""
