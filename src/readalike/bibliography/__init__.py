"""Books as books: ISBN, titles, people, works, series, what they are about, and search."""
