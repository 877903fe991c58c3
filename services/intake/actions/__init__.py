"""Intake's use cases: each loads, decides by a rule, stores and publishes."""
