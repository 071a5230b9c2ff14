"""Ratings, histories and what is known of the books."""
