"""Hand-ins (上报包): what a province would refuse, and the checked package."""
