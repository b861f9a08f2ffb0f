"""implicit's matrix factorisation by Bayesian personalised ranking (Rendle et al., UAI 2009), on one thread so that a seed gives one answer.

Reads raw arrays from a folder; answers `fit FACTORS RATE REGULARISATION ITERATIONS` with milliseconds, lists for all users included; `answer FILE`
writes the last lists as float32.
"""

import sys
import time

import numpy
import scipy.sparse
from implicit.bpr import BayesianPersonalizedRanking

folder, users, items, k = sys.argv[1], *map(int, sys.argv[2:])
row, column = (numpy.fromfile(f"{folder}/{name}", dtype=numpy.int32) for name in ("row", "column"))
pairs = scipy.sparse.csr_matrix((numpy.ones(len(row), dtype=numpy.float32), (row, column)), shape=(users, items))


def fit(factors, rate, regularisation, iterations):
    model = BayesianPersonalizedRanking(
        factors=int(factors),
        learning_rate=float(rate),
        regularization=float(regularisation),
        iterations=int(iterations),
        num_threads=1,
        random_state=1,
    )
    model.fit(pairs, show_progress=False)
    return model.recommend(numpy.arange(users), pairs, N=k, filter_already_liked_items=True)[0]


result = None
for line in sys.stdin:
    line = line.strip()
    if line.startswith("fit "):
        began = time.perf_counter()
        result = fit(*line.split()[1:])
        print((time.perf_counter() - began) * 1e3, flush=True)
    elif line.startswith("answer "):
        result.astype(numpy.float32).tofile(line[7:])
        print("written", flush=True)
    else:
        print(f"error unknown: {line}", flush=True)
