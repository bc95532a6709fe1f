"""What dev.py is made of; standard library only, and readable by Python 3.8.

Reading order: commands (what can be asked), python and install (how .venv comes to be),
places (where state lives), embedded with postgres and valkey (the private servers),
processes and demo (web, worker and beat), then checks, browser and lock.
"""
