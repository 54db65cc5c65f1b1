"""The two servers that `bench_streams.py` compares, and the model that both stream from."""
