"""The tables of the runtime, in every service's schema."""
