"""What the seams rely on, one module a binding. A check is a coroutine that takes `env` and asserts."""
