"""What tests share: the platform in memory, and the real one driven over HTTP."""
