"""Amazon EC2 in code: instances with their volumes, snapshots, images, and a region's settings for them."""
