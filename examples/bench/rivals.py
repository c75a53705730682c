"""Trains softmax regression on MNIST with another library, for an epoch per line of the standard input:

    python3 rivals.py torch|sklearn folder

All rows are in memory, as the library likes them best, and in the order of the file, which saves it the shuffling.
Loading and testing are not timed.
"""
import json, os, re, sys, time, warnings

library, folder = sys.argv[1:]


def pytorch():
    """The loop of the tutorials: nn.Linear, CrossEntropyLoss, SGD."""
    import torch
    torch.set_num_threads(1)
    data, labels = torch.from_numpy(x), torch.from_numpy(y)
    net = torch.nn.Linear(784, 10)
    loss_function = torch.nn.CrossEntropyLoss()
    sgd = torch.optim.SGD(net.parameters(), lr=0.5)

    def reset():
        for p in net.parameters():
            torch.nn.init.zeros_(p)

    def epoch():
        for i in range(0, len(data), 100):
            sgd.zero_grad()
            loss = loss_function(net(data[i:i+100]), labels[i:i+100])
            loss.backward()
            sgd.step()

    def predict(rows):
        with torch.no_grad():
            return net(torch.from_numpy(rows)).argmax(1).numpy()

    # Without a library of its own in the process, BLAS is a part of PyTorch.
    inside = re.search(r'BLAS_INFO=(\w+)', torch.__config__.show())
    return f'PyTorch {torch.__version__}', reset, epoch, predict, inside and inside[1]


def scikit_learn():
    """The only trainer that fits a softmax by steps on single rows: one pass of SAGA, without a penalty to speak of."""
    import sklearn
    from sklearn.linear_model import LogisticRegression
    warnings.filterwarnings('ignore')  # that one pass is not enough
    model = LogisticRegression(solver='saga', max_iter=1, C=1e6)
    name = f"scikit-learn {sklearn.__version__}, LogisticRegression(solver='saga', max_iter=1)"
    return name, lambda: None, lambda: model.fit(x, y), model.predict, None


def blas():
    """The BLAS libraries that are loaded, where the system tells, but for those within the packages of others."""
    try:
        paths = {line.split()[-1] for line in open('/proc/self/maps') if '/' in line}
    except OSError:
        return ''
    if library == 'torch':
        paths = {p for p in paths if '/numpy' not in p and '/scipy' not in p}
    names = {os.path.basename(p) for p in paths}
    for pattern in r'lib(openblas|mkl_rt|mkl_core|blis|tatlas|satlas)', r'lib(blas|cblas)\b':
        found = sorted(n for n in names if re.match(pattern, n))
        if found:
            return ' and '.join(found)
    return ''


def read(name, header):
    return np.fromfile(os.path.join(folder, name), np.uint8)[header:]


import numpy as np

x, test_x = (read(n + '-images-idx3-ubyte', 16).reshape(-1, 784).astype(np.float32) / 255 for n in ('train', 't10k'))
y, test_y = (read(n + '-labels-idx1-ubyte', 8).astype(np.int64) for n in ('train', 't10k'))
name, reset, epoch, predict, inside = {'torch': pytorch, 'sklearn': scikit_learn}[library]()
print(json.dumps({'name': name, 'blas': blas() or inside or ''}), flush=True)
for line in sys.stdin:
    reset()
    start = time.perf_counter()
    epoch()
    seconds = time.perf_counter() - start
    print(json.dumps({'seconds': seconds, 'accuracy': float((predict(test_x) == test_y).mean())}), flush=True)
