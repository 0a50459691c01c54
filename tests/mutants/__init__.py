"""Small breakages of the program, each of which some behaviour test must notice."""
