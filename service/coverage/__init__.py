"""Green area and coverage of each district."""
