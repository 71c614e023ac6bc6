"""Item models and the Qt-free arithmetic behind them."""
