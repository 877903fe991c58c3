"""The use cases of matching: each loads what it needs, decides by the rules, stores, and publishes."""
