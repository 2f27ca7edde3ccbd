"""What the commands do: one module a command, and the steps that several of them share."""
