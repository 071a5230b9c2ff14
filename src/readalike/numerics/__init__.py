"""Hot loops and closed forms: plain arrays in, plain arrays out."""
