"""The database: its tables, its transactions, and upgrades of earlier versions."""
