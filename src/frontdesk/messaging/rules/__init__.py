"""Pure decisions about messages: what one costs, when it may go, what it says and how far it has come."""
