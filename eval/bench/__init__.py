"""Benchmarks: each `python -m eval.bench NAME` measures one promise and prints it."""
