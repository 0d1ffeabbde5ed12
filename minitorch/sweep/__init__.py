"""Sweeps: many runs of one configuration, some keys of it varied, each point with several seeds.

A plan (what is asked for) has a space (axes) that a search picks points from. Their runs go through an executor to
worker processes here or on a Dask cluster. Each is a task that leaves a folder with a record; the results are made of
those.
"""
