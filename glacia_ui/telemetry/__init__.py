"""What the program says about itself: JSON lines, without secrets and without what people wrote."""
