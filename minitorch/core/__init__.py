"""Arrays and graphs: what a Tensor is, how an operation is recorded, and how a gradient walks back."""
