"""Tills, web buyers, organizers, a provider and every fault between them, in one thread and by one seed."""
