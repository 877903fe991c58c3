"""Whole terms, played by services in processes of their own, while a seeded monkey injects faults.

`python -m tests.soak --minutes 10` ends with status 0 only if nothing was lost, done twice or unexpected.
"""
