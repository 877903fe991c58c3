"""The events: the only thing that two services both know."""
