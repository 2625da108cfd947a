"""Prompts are data: one Jinja template a file, loaded by `qa.readers.llm.prompt_templates`."""
