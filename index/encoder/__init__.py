"""The embedded sentence encoder: the model file, its tokenizer and the class that runs them."""

SUCCEEDS = {"all-MiniLM-L6-v2-news-int8": "all-MiniLM-L6-v2-int8"}
"""Encoders, each with the one that it was trained from: its questions find among vectors of that
one what they found before (`MODEL_CARD.md`), so a library keeps them until they are made anew."""
