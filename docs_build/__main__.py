"""Write every generated page."""

from docs_build.pages import DOCS, PAGES

for name, page in PAGES.items():
    (DOCS / name).write_text(page(), "utf-8", newline="\n")
    print(f"docs/{name}")
