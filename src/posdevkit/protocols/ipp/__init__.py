"""The Internet Printing Protocol, as far as handing a job to a queue needs it: messages as bytes, and what they say."""
