"""The contracts: the events and submissions, which are all that two services both know."""
