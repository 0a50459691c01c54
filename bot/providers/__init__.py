"""The video services: one module each, never importing one another."""
