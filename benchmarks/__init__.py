"""What building costs, beside what others cost, measured in one run."""
