"""PostgreSQL: connections, roles and migrations."""
