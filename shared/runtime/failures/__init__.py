"""What cannot be handled: what becomes of an error, what a failure is, and what staff decide on one.

`error_handler` has a message wait, tries it again, or keeps it as a `failure`; `decisions` are those of staff.
"""
