"""Hubs: where definitions live, on this machine or shared by a team."""
