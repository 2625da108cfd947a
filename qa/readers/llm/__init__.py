"""The reader that is a language model, its client, prompts and the parsing of its output."""
