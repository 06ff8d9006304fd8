"""Long work: jobs of accounts, done by worker processes, and the files that they leave."""
