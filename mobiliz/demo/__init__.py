"""Demonstration data: the network, one login a role, live cases, the programme's known history.

All of it is made up but for the communes, the thresholds, the price and the published history.
"""
