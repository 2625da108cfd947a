"""The training of the sentence encoder."""
