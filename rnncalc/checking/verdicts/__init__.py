"""Judging a sheet: a verdict and marks for each of its entries, by what the numbers before it lead to."""
