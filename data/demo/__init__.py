"""The demo: invented plots, zones, patrols and findings over real counties."""
