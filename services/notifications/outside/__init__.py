"""The adapters of notifications: the formats of mails and calendar files, and how mails are sent."""
