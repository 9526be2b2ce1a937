"""Stand-ins for the till's ports, in memory; the contract suites hold them to what the real ones promise."""
