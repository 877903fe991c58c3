"""The use cases of notifications: keep the facts of events, decide by rules who is told what, and send the mails."""
