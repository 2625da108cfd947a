"""Question sets, measurements and benchmarks."""
