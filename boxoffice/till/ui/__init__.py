"""Qt only: theme, screens, widgets, view models, background work."""
