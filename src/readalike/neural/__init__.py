"""Networks trained by Keras on JAX (extra `neural`); what they become is served by numpy alone."""
