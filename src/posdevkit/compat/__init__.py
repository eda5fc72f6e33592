"""Other libraries' faces on this one: for code that was written for them."""
