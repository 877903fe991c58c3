"""The use cases of evaluation."""
