"""Rules of patrols: what is due of a level at a place, and what counts of a track."""
