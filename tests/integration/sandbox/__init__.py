"""The sandbox over real HTTP, driven by the providers' own clients."""
