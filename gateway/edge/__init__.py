"""Purges of the edge cache: a CDN or a proxy in front of the gateways."""
