"""Block Kit builders: pure, and the only place with wording."""
