"""Reading what reports are made of: facts by the day, rollups, and what was kept."""
