"""implicit's recommenders: fit, then lists for all users, on so many threads.

Reads raw arrays from a folder; answers a model's name (als-64, als-256, cosine, bm25) with milliseconds; `answer FILE` writes the last lists as float32.
"""

import sys
import time

import numpy
import scipy.sparse
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender

folder, users, items, k, threads = sys.argv[1], *map(int, sys.argv[2:])
row, column = (numpy.fromfile(f"{folder}/{name}", dtype=numpy.int32) for name in ("row", "column"))
pairs = scipy.sparse.csr_matrix((numpy.ones(len(row), dtype=numpy.float32), (row, column)), shape=(users, items))


def als(factors):
    return AlternatingLeastSquares(factors=factors, num_threads=threads, random_state=1)


MODELS = {
    "als-64": lambda: als(64),
    "als-256": lambda: als(256),
    "cosine": lambda: CosineRecommender(K=50, num_threads=threads),
    "bm25": lambda: BM25Recommender(K=50, num_threads=threads),
}

result = None
for line in sys.stdin:
    line = line.strip()
    if line in MODELS:
        began = time.perf_counter()
        model = MODELS[line]()
        model.fit(pairs, show_progress=False)
        result = model.recommend(numpy.arange(users), pairs, N=k, filter_already_liked_items=True)[0]
        print((time.perf_counter() - began) * 1e3, flush=True)
    elif line.startswith("answer "):
        result.astype(numpy.float32).tofile(line[7:])
        print("written", flush=True)
    else:
        print(f"error unknown: {line}", flush=True)
