"""Databases as a drill talks to them: logged in to, filled with canaries, and looked through after a restore."""
