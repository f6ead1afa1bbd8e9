"""Verbs on reports: settle days, make a report, mail it, prove that the rollups are the facts."""
