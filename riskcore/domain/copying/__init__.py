"""Copy groups: one bet at different sizes, and which account dies first when it loses."""
