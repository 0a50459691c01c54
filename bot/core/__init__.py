"""Decisions, and nothing else: no await, no clock, no chance, no environment, no library."""
