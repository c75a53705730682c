package softmax

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The reference values of this file come from PyTorch 1.13 (float32):
//
//	import torch
//	import torch.nn.functional as F
//
//	rows, features, classes = 12, 5, 3
//	x = torch.tensor([[((7*i + 3*j) % 11) / 10 - 0.3
//	    for j in range(features)] for i in range(rows)])
//	y = torch.tensor([i*i % classes for i in range(rows)])
//	net = torch.nn.Linear(features, classes)
//	with torch.no_grad():
//	    net.weight.copy_(torch.tensor([[((5*k + 2*j) % 7) / 10 - 0.3
//	        for j in range(features)] for k in range(classes)]))
//	    net.bias.copy_(torch.tensor([0.1*k for k in range(classes)]))
//
//	print('logits', net(x[:2]).tolist())
//	print('probs', F.softmax(net(x[:2]), 1).tolist())
//	loss = F.cross_entropy(net(x), y)
//	loss.backward()
//	print('loss', loss.item())
//	print('weight.grad', net.weight.grad.tolist())
//	print('bias.grad', net.bias.grad.tolist())
//
//	# Weight decay adds l2*W to the gradient of the weights alone.
//	sgd = torch.optim.SGD([{'params': [net.weight], 'weight_decay': 0.01},
//	    {'params': [net.bias]}], lr=0.5)
//	for step in range(3):
//	    sgd.zero_grad()
//	    loss = F.cross_entropy(net(x[4*step:4*step+4]), y[4*step:4*step+4])
//	    loss.backward()
//	    sgd.step()
//	    print('step', step, loss.item())
//	print('weight', net.weight.tolist())
//	print('bias', net.bias.tolist())

// referenceProblem returns the data and the model of the script above.
func referenceProblem() (m *Model, x Floats, y []int) {
	const rows, features, classes = 12, 5, 3
	for i := range rows {
		for j := range features {
			x = append(x, float32((7*i+3*j)%11)/10-0.3)
		}
		y = append(y, i*i%classes)
	}
	var weight, bias []float32
	for k := range classes {
		for j := range features {
			weight = append(weight, float32((5*k+2*j)%7)/10-0.3)
		}
		bias = append(bias, 0.1*float32(k))
	}
	m = New(features, classes)
	m.SetParameters(weight, bias)
	return m, x, y
}

func TestReferenceForward(t *testing.T) {
	m, x, y := referenceProblem()
	require.InDeltaSlice(t, []float32{
		0.3400000035762787, 0.009999997913837433, 0.030000001192092896,
		-0.24000000953674316, 0.15000000596046448, 0.4000000059604645,
	}, m.Logits(nil, x[:10]), 1e-6)
	require.InDeltaSlice(t, []float32{
		0.40776869654655457, 0.2931545674800873, 0.29907670617103577,
		0.22865182161331177, 0.3377143442630768, 0.43363380432128906,
	}, m.Probs(nil, x[:10]), 1e-6)
	require.InDelta(t, 1.1828781366348267, m.Loss(x, y), 1e-6)
}

func TestReferenceGradient(t *testing.T) {
	m, x, y := referenceProblem()
	weight, bias := gradientOf(m, x, y)
	require.InDeltaSlice(t, []float32{
		-0.09548500180244446, 0.09944047033786774, 0.02620326541364193, -0.06941103935241699, -0.035477012395858765,
		0.03512219339609146, -0.1790826916694641, -0.09231594949960709, -0.001975088380277157, -0.03156256303191185,
		0.0603627935051918, 0.07964221388101578, 0.0661126971244812, 0.07138613611459732, 0.06703957915306091,
	}, weight, 1e-6)
	require.InDeltaSlice(t, []float32{-0.030777601525187492, -0.32467180490493774, 0.3554494082927704}, bias, 1e-6)
}

func TestReferenceSteps(t *testing.T) {
	m, x, y := referenceProblem()
	trainer := NewTrainer(m)
	trainer.Rate, trainer.L2 = 0.5, 0.01
	for step, want := range []float64{1.074007511138916, 1.0811541080474854, 1.054208755493164} {
		loss, err := trainer.Step(x[20*step:20*step+20], y[4*step:4*step+4])
		require.NoError(t, err)
		require.InDelta(t, want, loss, 1e-6)
	}
	weight, bias := m.Parameters()
	require.InDeltaSlice(t, []float32{
		-0.15456679463386536, -0.24882614612579346, 0.054116420447826385, 0.38912850618362427, -0.1478300541639328,
		0.1341622769832611, -0.04077187180519104, 0.024210400879383087, 0.09085997939109802, 0.32547563314437866,
		-0.0781029611825943, 0.09258301556110382, -0.3738493323326111, -0.18446600437164307, 0.019369401037693024,
	}, weight, 1e-6)
	require.InDeltaSlice(t, []float32{0.019998598843812943, 0.5216214656829834, -0.2416200339794159}, bias, 1e-6)
}

// gradientOf returns the gradient of the mean cross-entropy as a step of rate 1
// applies it, in the layout of Parameters.
func gradientOf(m *Model, x Rows, y []int) (weight, bias []float32) {
	stepped := New(m.features, m.classes)
	stepped.copyFrom(m)
	trainer := NewTrainer(stepped)
	trainer.Rate = 1
	if _, err := trainer.Step(x, y); err != nil {
		panic(err)
	}
	weight, bias = m.Parameters()
	newWeight, newBias := stepped.Parameters()
	for i := range weight {
		weight[i] -= newWeight[i]
	}
	for i := range bias {
		bias[i] -= newBias[i]
	}
	return weight, bias
}

// TestGradientByFiniteDifferences compares the gradient with the slope of the
// loss itself, along every parameter. The model is wider than one block of
// lanes.
func TestGradientByFiniteDifferences(t *testing.T) {
	const features, classes, rows = 4, 19, 6
	rng := newRand()
	m := New(features, classes)
	weight, bias := randomFloats(rng, classes*features), randomFloats(rng, classes)
	m.SetParameters(weight, bias)
	x, y := Floats(randomFloats(rng, rows*features)), randomLabels(rng, rows, classes)
	gotWeight, gotBias := gradientOf(m, x, y)

	// The loss is smooth: the error of the central difference is of order h².
	const h = 1.0 / 64
	slope := func(parameter *float32) float64 {
		at := *parameter
		*parameter = at + h
		m.SetParameters(weight, bias)
		up := m.Loss(x, y)
		*parameter = at - h
		m.SetParameters(weight, bias)
		down := m.Loss(x, y)
		*parameter = at
		return (up - down) / (2 * h)
	}
	for i := range weight {
		require.InDelta(t, slope(&weight[i]), gotWeight[i], 1e-5, "weight %d", i)
	}
	for i := range bias {
		require.InDelta(t, slope(&bias[i]), gotBias[i], 1e-5, "bias %d", i)
	}
}
