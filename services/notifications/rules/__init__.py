"""Who is told what: rules that turn an event, and what is known of the things that it names, into mails."""
