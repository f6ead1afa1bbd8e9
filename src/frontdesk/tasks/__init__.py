"""What staff are to do: calls, follow-ups, recalls, each with its priority and why it is there."""
