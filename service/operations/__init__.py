"""How the installation is: what an administrator looks at before anybody calls."""
