"""implicit's cosine recommender: similar items of all items, then lists for all users, on one thread.

Reads raw arrays from a folder; answers `recommend` with milliseconds; `certain` marks the users none of whose items has a tie between the last
neighbour that is kept and the next; `answer FILE` writes the last result as float32.
"""

import sys
import time

import numpy
import scipy.sparse
from implicit.nearest_neighbours import CosineRecommender

folder, users, items, neighbours, k = sys.argv[1], *map(int, sys.argv[2:])
row, column = (numpy.fromfile(f"{folder}/{name}", dtype=numpy.int32) for name in ("row", "column"))
pairs = scipy.sparse.csr_matrix((numpy.ones(len(row)), (row, column)), shape=(users, items))


def recommend():
    # An item is its own nearest neighbour here and counts among them.
    model = CosineRecommender(K=neighbours + 1, num_threads=1)
    model.fit(pairs, show_progress=False)
    return model.recommend(numpy.arange(users), pairs, N=k, filter_already_liked_items=True)[0]


def certain():
    model = CosineRecommender(K=neighbours + 2, num_threads=1)
    model.fit(pairs, show_progress=False)
    similarity = model.similarity
    tied = numpy.zeros(items)
    for item in range(items):
        row = numpy.sort(similarity.data[similarity.indptr[item] : similarity.indptr[item + 1]])[::-1]
        # In float32, as the lists are ranked.
        tied[item] = len(row) > neighbours + 1 and numpy.isclose(row[neighbours], row[neighbours + 1], rtol=1e-6, atol=0)
    return (pairs @ tied == 0).astype(numpy.float32)


result = None
for line in sys.stdin:
    line = line.strip()
    if line == "recommend":
        began = time.perf_counter()
        result = recommend()
        print((time.perf_counter() - began) * 1e3, flush=True)
    elif line == "certain":
        result = certain()
        print(0, flush=True)
    elif line.startswith("answer "):
        result.astype(numpy.float32).tofile(line[7:])
        print("written", flush=True)
    else:
        print(f"error unknown: {line}", flush=True)
