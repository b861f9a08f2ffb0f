"""scipy's truncated singular value decomposition (ARPACK) of the normalised pattern, in float64 as by default, or in float32.

Reads raw arrays from a folder; answers lines: `float64` and `float32` with milliseconds, `answer FILE` writes the last values, descending.
"""

import sys
import time

import numpy
import scipy.sparse
import scipy.sparse.linalg

folder, k = sys.argv[1], int(sys.argv[2])
shape = int(sys.argv[3]), int(sys.argv[4])


def load(name):
    return numpy.fromfile(f"{folder}/{name}", dtype=numpy.int32)


def scale(degrees):
    return scipy.sparse.diags(numpy.where(degrees > 0, numpy.maximum(degrees, 1) ** -0.5, 0))


row, column = load("row"), load("column")
pattern = scipy.sparse.csr_matrix((numpy.ones(len(row)), (row, column)), shape=shape)
users, items = (numpy.asarray(pattern.sum(axis=axis)).ravel() for axis in (1, 0))
normalised = (scale(users) @ pattern @ scale(items)).tocsr()
matrices = {kind: normalised.astype(kind) for kind in ("float64", "float32")}

values = None
for line in sys.stdin:
    line = line.strip()
    if line in matrices:
        began = time.perf_counter()
        values = scipy.sparse.linalg.svds(matrices[line], k)[1]
        print((time.perf_counter() - began) * 1e3, flush=True)
    elif line.startswith("answer "):
        numpy.sort(values)[::-1].astype(numpy.float32).tofile(line[7:])
        print("written", flush=True)
    else:
        print(f"error unknown: {line}", flush=True)
