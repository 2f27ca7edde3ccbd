"""The command that starts a repository."""
