"""`qa chat`: the conversation, its commands, prompt and screen."""
