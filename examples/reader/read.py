"""Runs a model of examples/reader with numpy, on the histograms of one digit.

    python3 read.py model.safetensors < histograms.txt

The input is the numbers that imageprep.HOG.Vector returns. The output is the
probabilities of the digits 0 to 9, and of "no digit".
"""
import json, sys
import numpy as np

data = open(sys.argv[1], "rb").read()
start = 8 + int.from_bytes(data[:8], "little")
header = json.loads(data[8:start])

def tensor(name):
    begin, end = header[name]["data_offsets"]
    return np.frombuffer(data[start + begin:start + end], "<f4").reshape(header[name]["shape"])

x = np.loadtxt(sys.stdin, dtype=np.float32)          # of the HOG in header["__metadata__"]["features"]
z = tensor("components.weight") @ x + tensor("components.bias")
i, j = np.triu_indices(len(z))                       # products of all pairs
logits = tensor("weight") @ np.concatenate([z, z[i] * z[j]]) + tensor("bias")
p = np.exp(logits - logits.max())
p /= p.sum()
print(*p[:10], p[10:].sum())
