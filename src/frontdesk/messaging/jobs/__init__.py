"""What runs behind the bells: send, find out what became of it, take in texts and receipts."""
