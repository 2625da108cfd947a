"""Benchmarks of answers: citations, cited sentences, abstention, support."""
