"""Steps worked out again from numbers as they are written, in intervals: by the right equations or by wrong ones."""
