"""What a reader may cite: the numbered sentences of retrieved passages, and their citations."""
