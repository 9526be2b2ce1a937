"""The parts that screens are made of: each draws what it is given and says what was done to it."""
