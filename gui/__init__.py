"""What people touch: the chat, the widget, the terminal, and the session behind them."""
