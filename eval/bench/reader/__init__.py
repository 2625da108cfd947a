"""Benchmarks of the trained reader."""
