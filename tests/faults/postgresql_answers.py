"""What PostgreSQL's answers look like on the wire, for a link that is to lose one of them."""


def completed(tag: str) -> bytes:
    """The answer that a command is done: `CommandComplete` of the protocol, with the command's tag."""
    return b"C" + (len(tag) + 5).to_bytes(4, "big") + tag.encode() + b"\0"


COMMITTED = completed("COMMIT")
ONE_INSERTED = completed("INSERT 0 1")
SOME_DELETED = b"DELETE "
ONE_READ = b"s\0\0\0\4Z\0\0\0\5I"
"""The one row that was asked for is there (`PortalSuspended`), and no transaction is open (`ReadyForQuery`)."""
