"""The command line, the demonstration and local servers: the only place that imports services; nothing imports it."""
