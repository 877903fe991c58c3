"""What staff see and do on the command line: the queues and failures of all services."""
