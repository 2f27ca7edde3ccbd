"""git: the repository of the configuration, and the contents of its commits."""
