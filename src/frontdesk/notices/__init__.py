"""What staff should know: notices, who has read them, and pushing what cannot wait."""
