"""Would it come back?"""
