"""The embedded sentence encoder: the model file, its tokenizer and the class that runs them."""
