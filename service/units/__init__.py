"""Units: the bodies that carry work out."""
