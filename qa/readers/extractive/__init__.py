"""The reader that quotes sentences, and the similarity scorer behind it."""
