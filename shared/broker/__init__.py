"""The broker: its exchanges, queues and bindings, and who may do what with them."""
