"""LibreOffice's side of the bridge. Nothing but the standard library and `uno` is needed here."""
