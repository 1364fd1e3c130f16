"""The generated pages of docs/: `python -m docs_build` (or `make docs`) writes them, tests/test_docs.py compares."""
