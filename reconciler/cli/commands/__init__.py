"""The declarations of the commands: arguments, options, help and examples."""
