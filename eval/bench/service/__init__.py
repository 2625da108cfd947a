"""Benchmarks of the service: load, start, servers of language models."""
