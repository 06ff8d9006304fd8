"""Which visits are due and which are done."""
