"""Is it taken on time and kept long enough?"""
