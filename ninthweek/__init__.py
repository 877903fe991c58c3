"""The command line and the demonstration: the only place that imports services; nothing imports it."""
