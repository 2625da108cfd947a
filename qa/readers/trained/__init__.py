"""The trained reader: a cross-encoder, how it was made, and what is known of it (MODEL_CARD.md)."""
