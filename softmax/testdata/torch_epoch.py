"""One epoch of softmax regression over MNIST in PyTorch, as a tutorial writes it:
nn.Linear, CrossEntropyLoss, SGD, batches of 100, data in memory, one thread.

    MNIST_DIR=folder python3 torch_epoch.py

prints the median of ten epochs. It is what BenchmarkEpoch is compared with.
"""
import gzip, os, statistics, time
import numpy as np
import torch

torch.set_num_threads(1)


def read(name, header):
    with gzip.open(os.path.join(os.environ['MNIST_DIR'], name)) as f:
        return np.frombuffer(f.read()[header:], np.uint8)


x = torch.from_numpy(read('train-images-idx3-ubyte.gz', 16).reshape(-1, 784).astype(np.float32) / 255)
y = torch.from_numpy(read('train-labels-idx1-ubyte.gz', 8).astype(np.int64))
net = torch.nn.Linear(784, 10)
loss_function = torch.nn.CrossEntropyLoss()
sgd = torch.optim.SGD(net.parameters(), lr=0.5)

times = []
for epoch in range(10):
    start = time.perf_counter()
    for i in range(0, len(x), 100):
        sgd.zero_grad()
        loss = loss_function(net(x[i:i+100]), y[i:i+100])
        loss.backward()
        sgd.step()
    times.append(time.perf_counter() - start)
print(f'torch {torch.__version__}: {1000 * statistics.median(times):.0f} ms an epoch')
