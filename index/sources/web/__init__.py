"""Web pages to articles: fetched, decoded, without boilerplate."""
