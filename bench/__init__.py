"""Benchmarks, run by `make bench`; each figure ends as one JSON line."""
