"""The lake: what a database hands to it, and figures of it, computed by many machines."""
