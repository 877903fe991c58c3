"""What the programme costs, beside its peers: each figure is a module, measured on servers started for the run."""
