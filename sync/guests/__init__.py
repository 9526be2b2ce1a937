"""The guest list: who is given tickets, held from the pools, mailed or kept for will call."""
