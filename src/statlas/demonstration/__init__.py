"""A synthetic department with the data sets of the strategy; imported by ``cli`` alone."""
