"""What can be done in a portal: one function an operation, for the API and for pages."""
