"""Plans: indicators, targets and what is reported on them."""
