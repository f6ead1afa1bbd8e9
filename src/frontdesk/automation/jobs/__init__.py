"""What automation does when told: evaluate an event, act on a run, look for what fell due, call out."""
