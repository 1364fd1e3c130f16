"""How well forms are read that nobody has seen: random layouts with their truth, and what the reader makes of them."""
