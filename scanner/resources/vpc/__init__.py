"""Amazon VPC: networks, the ways out of them, who is let in, and what is noted of their traffic."""
