"""Good files changed at random, and what must hold for whatever becomes of them."""
