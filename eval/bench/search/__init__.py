"""Benchmarks of the library: retrieval, ingest, encoder, and those of others."""
