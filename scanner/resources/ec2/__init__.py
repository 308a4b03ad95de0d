"""Amazon EC2: instances, volumes, their snapshots and images, and the region's settings for them."""
