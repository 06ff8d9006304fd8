"""Files from outside, read in a child process under limits."""
