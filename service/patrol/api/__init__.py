"""Query parameters that several routes of patrols share."""
