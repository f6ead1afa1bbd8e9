"""Everything said to a person goes through one gate here, and everything they say back comes in."""
