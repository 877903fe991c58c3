"""The demonstration: a whole term in a minute, over real servers, with a clock that is stepped.

It alone puts all services, the outside systems and people together. A term is read (`term`), played (`playing`) on a
stage (`stage`) and judged (`checks`, `outcome`); `performance` is all of that.
"""
