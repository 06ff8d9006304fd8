"""Files of plots and records: photos with their time and place, and papers."""
