"""What makes the shipped models: their training data, training and export."""
