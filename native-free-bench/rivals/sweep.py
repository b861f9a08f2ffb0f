"""scipy's sweep: two `csr @ dense` products in float32, the scaling folded into the first matrix.

Reads raw arrays from a folder; answers lines: `pair` with milliseconds, `answer FILE` writes the last result.
"""

import sys
import time

import numpy
import scipy.sparse

folder, seeds, columns = sys.argv[1], sys.argv[2], int(sys.argv[3])


def load(name, dtype):
    return numpy.fromfile(f"{folder}/{name}", dtype=dtype)


indptr, indices = load("indptr", numpy.int32), load("indices", numpy.int32)
middle, z = load("middle", numpy.float32), load(seeds, numpy.float32)
if columns > 1:
    z = z.reshape(-1, columns)
shape = (len(indptr) - 1, len(z))
forth = scipy.sparse.csr_matrix((numpy.ones(len(indices), numpy.float32), indices, indptr), shape=shape)
back = forth.T.tocsr()
forth.data = numpy.repeat(middle, numpy.diff(indptr))
assert forth.dtype == back.dtype == numpy.float32 and forth.indices.dtype == numpy.int32

result = None
for line in sys.stdin:
    line = line.strip()
    if line == "pair":
        began = time.perf_counter()
        result = back @ (forth @ z)
        print((time.perf_counter() - began) * 1e3, flush=True)
    elif line.startswith("answer "):
        result.astype(numpy.float32).tofile(line[7:])
        print("written", flush=True)
    else:
        print(f"error unknown: {line}", flush=True)
