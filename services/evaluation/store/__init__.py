"""Every SQL statement of evaluation."""
