"""How organizers make and change events: drafts, what publishing one changes, and what was published before."""
