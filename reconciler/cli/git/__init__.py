"""git: the repository that holds the configuration, and what its commits hold."""
