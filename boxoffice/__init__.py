"""The till, and the domain that both programs share."""
