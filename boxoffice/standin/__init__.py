"""A local stand-in that speaks the providers' real HTTP."""
