"""How fast it is, beside what it could be compared with. Figures, never a verdict."""
