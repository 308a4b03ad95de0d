"""In transit and on the network: private subnets, closed ports, backups and buckets that nobody else can open."""
