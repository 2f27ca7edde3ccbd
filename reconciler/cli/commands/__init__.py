"""The commands: one module a command, its declaration and what it calls."""
