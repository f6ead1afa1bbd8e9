"""What the week and the month came to: daily rollups kept in step with the facts, and the reports made of them."""
