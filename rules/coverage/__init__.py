"""Is everything that must survive covered?"""
