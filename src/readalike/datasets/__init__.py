"""Data sets to begin with: the embedded sample, and goodbooks-10k from Kaggle."""
