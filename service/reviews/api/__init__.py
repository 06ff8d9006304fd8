"""Routes of the review desk."""
