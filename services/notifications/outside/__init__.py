"""The outside of notifications: what mails look like to mail servers, readers and calendars, and how they leave."""
