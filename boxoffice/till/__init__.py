"""The till: its screens, its use cases, its file, its network and its devices."""
