"""A file of JSON lines instead of sending: for the demo and for trying out."""
