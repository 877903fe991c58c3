"""Messages that could not be handled: what is done about an error, and what staff decide on a failure.

`error_handler` makes a message wait, retries it, or keeps it as a `failure`. `decisions` are those of staff.
"""
