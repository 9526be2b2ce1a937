"""The sandbox's parts, with no network and no clock."""
