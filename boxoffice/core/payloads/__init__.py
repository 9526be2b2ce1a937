"""What each kind of fact says, typed."""
