"""What the till owes its screens: the same on the fake, which the screens are tested on, and on the real one."""
