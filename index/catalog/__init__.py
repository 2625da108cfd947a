"""The catalog: articles, versions and passages in SQLite, and the log of their changes."""
