"""Benchmarks: what the programme costs, beside its peers. Each figure is a module; servers are started for the run."""
