"""The vector index (Chroma) and the lexical index (Tantivy), which follow the catalog."""
