"""What needs a solver; each is imported where it is used."""
