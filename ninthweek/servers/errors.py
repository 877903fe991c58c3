class ServersUnavailable(Exception):
    """A server can neither be found nor started here; the message says what to do about it."""
