"""What our own clients of the providers rely on, held against the sandbox."""
