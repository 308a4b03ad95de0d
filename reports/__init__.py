"""The reports: what people and machines are shown of findings. They know the model, not each other's insides."""
