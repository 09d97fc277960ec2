"""Links out of the guide: what is asked, what the answers mean, and what is known of each address between runs."""
