"""The messages between till and hub, and nothing else."""
