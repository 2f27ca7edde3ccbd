"""The one HTTP core: connections, retries, deadlines, concurrency, pagination and errors."""
