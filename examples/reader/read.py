"""Runs a model of examples/reader with numpy, from a digit's histograms on.

    python3 read.py model.safetensors < histograms.txt

The histograms are the numbers that imageprep.HOG.Vector returns.
"""
import json, sys
import numpy as np

data = open(sys.argv[1], "rb").read()
start = 8 + int.from_bytes(data[:8], "little")
header = json.loads(data[8:start])

def tensor(name):
    begin, end = header[name]["data_offsets"]
    return np.frombuffer(data[start + begin:start + end], "<f4").reshape(header[name]["shape"])

x = np.loadtxt(sys.stdin, dtype=np.float32)          # hog, as header["__metadata__"]["features"] says
z = tensor("components.weight") @ x + tensor("components.bias")
i, j = np.triu_indices(len(z))                       # products of all pairs
logits = tensor("weight") @ np.concatenate([z, z[i] * z[j]]) + tensor("bias")
p = np.exp(logits - logits.max())
p /= p.sum()
print(*p[:10], p[10:].sum())                         # ten digits, and "no digit"
