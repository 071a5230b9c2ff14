"""A model on disk: its card, its arrays, and how they are changed without being broken."""
