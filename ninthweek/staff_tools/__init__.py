"""What staff see of the queues and failures of all services, and what they decide."""
