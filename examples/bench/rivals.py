"""Trains softmax regression on MNIST with another library.

    python3 rivals.py torch|torch-ordered|sklearn folder

Prints the name of the library, then trains for an epoch per line of the standard
input and prints how long it took, in JSON. All rows are in memory, in the form
that is best for the library. The time is without loading and testing.
"""
import ctypes, json, os, re, sys, time, warnings
import numpy as np

library, folder = sys.argv[1:]


def pytorch(ordered=False):
    """The loop of PyTorch's tutorials: nn.Linear, CrossEntropyLoss and SGD.

    The rows come in a new order each epoch or, if ordered, in the file's order,
    which needs no shuffling.
    """
    import torch
    torch.set_num_threads(1)
    data, labels = torch.from_numpy(x), torch.from_numpy(y)
    net = torch.nn.Linear(784, int(y.max()) + 1)
    loss_function = torch.nn.CrossEntropyLoss()
    sgd = torch.optim.SGD(net.parameters(), lr=0.5)

    def reset():
        for p in net.parameters():
            torch.nn.init.zeros_(p)

    def batches():
        if ordered:
            return (slice(i, i + 100) for i in range(0, len(data), 100))
        return torch.randperm(len(data)).split(100)

    def epoch():
        for rows in batches():
            sgd.zero_grad()
            loss = loss_function(net(data[rows]), labels[rows])
            loss.backward()
            sgd.step()

    def predict(rows):
        with torch.no_grad():
            return net(torch.from_numpy(rows)).argmax(1).numpy()

    order = "in the file's order" if ordered else 'in a new order'
    return f'PyTorch {torch.__version__}, rows {order}', blas_of(torch), reset, epoch, predict


def scikit_learn():
    """One pass of SAGA over single random rows, with almost no penalty.

    SAGA does not use BLAS. SGDClassifier has no softmax, so it does not count.
    """
    import sklearn
    from sklearn.linear_model import LogisticRegression
    warnings.filterwarnings('ignore')  # it warns that one pass is not enough
    model = LogisticRegression(solver='saga', max_iter=1, C=1e6)
    name = f"scikit-learn {sklearn.__version__}, LogisticRegression(solver='saga', max_iter=1)"
    return name, '', lambda: None, lambda: model.fit(x, y), model.predict


def blas_of(torch):
    """The library that PyTorch multiplies matrices with.

    A process may load more than one BLAS, for example one for numpy. The one that
    the loader finds for PyTorch counts. It can make PyTorch three times as slow.
    """
    try:
        maps = [line.split() for line in open('/proc/self/maps') if '/' in line]
        own = next(fields[-1] for fields in maps if 'libtorch_cpu' in fields[-1])
        address = ctypes.cast(ctypes.CDLL(own).sgemm_, ctypes.c_void_p).value
        for fields in maps:
            first, last = (int(v, 16) for v in fields[0].split('-'))
            if first <= address < last and fields[-1] != own:
                return '/'.join(fields[-1].split('/')[-2:])
    except (OSError, StopIteration, AttributeError):
        pass
    # The BLAS is a part of PyTorch, or the system is not Linux.
    inside = re.search(r'BLAS_INFO=(\w+)', torch.__config__.show())
    return inside[1] if inside else ''


def read(name, header):
    return np.fromfile(os.path.join(folder, name), np.uint8)[header:]


x, test_x = (read(n + '-images-idx3-ubyte', 16).reshape(-1, 784).astype(np.float32) / 255 for n in ('train', 't10k'))
y, test_y = (read(n + '-labels-idx1-ubyte', 8).astype(np.int64) for n in ('train', 't10k'))
name, blas, reset, epoch, predict = {
    'torch': pytorch, 'torch-ordered': lambda: pytorch(ordered=True), 'sklearn': scikit_learn}[library]()
print(json.dumps({'name': name, 'blas': blas}), flush=True)
for line in sys.stdin:
    reset()
    start = time.perf_counter()
    epoch()
    seconds = time.perf_counter() - start
    print(json.dumps({'seconds': seconds, 'accuracy': float((predict(test_x) == test_y).mean())}), flush=True)
