"""Whatever enters or leaves as a file: guarded reading, official tables, code lists, the demo."""
