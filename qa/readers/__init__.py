"""Readers answer a question from numbered sentences."""
