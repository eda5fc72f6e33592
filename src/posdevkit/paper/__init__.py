"""What a job looks like: bytes read back into a display list, and painted."""
