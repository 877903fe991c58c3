"""Who is told what: from an event, and what is known of the things it names, to mails as plain data."""
