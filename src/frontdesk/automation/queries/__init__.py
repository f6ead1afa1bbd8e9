"""Reading rules, their runs, the facts they look at, and where an effect comes from."""
