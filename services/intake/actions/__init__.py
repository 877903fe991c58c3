"""What intake does: each use case loads, decides by a rule, stores and publishes."""
