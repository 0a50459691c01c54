"""A local TechForge: TFI Studio's API over real HTTP, with a clock and an operator of our own."""
