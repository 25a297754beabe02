"""What thinks: language models, the planner, the painters."""
