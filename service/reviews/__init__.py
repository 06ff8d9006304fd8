"""The review desk: what waits for an inspector, and samples of what was approved."""
