"""The analysis of the six cities: facts, figures and tables which the chapters share."""
