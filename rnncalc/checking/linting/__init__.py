"""What the numbers of an exercise do not show: mistakes that nobody would see, or that look alike."""
