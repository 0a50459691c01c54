"""A local JARAI: the Partner API over real HTTP, with a clock and an operator of our own."""
