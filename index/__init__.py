"""Articles in, passages out. Knows nothing of answers or of language models."""
