"""A rule set becomes flat arrays that the compiled kernels walk through."""
