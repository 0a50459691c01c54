"""A local Narakeet: uploads, video builds and text to speech over HTTP, and control endpoints."""
