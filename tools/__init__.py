"""What developers run: checks, benchmarks, screenshots."""
