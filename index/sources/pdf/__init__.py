"""PDF files to articles; the parser runs in a child process."""
