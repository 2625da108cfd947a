"""The HTTP service: the same questions, articles and errors, for other programs and browsers."""
