"""Peers: one population in pairs, proved by prices of people and of odd sets."""
