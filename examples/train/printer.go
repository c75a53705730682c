package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/softmax"
)

// printer tells the user, in text or in JSON, what is going on.
type printer struct {
	*options
	w    io.Writer
	live bool // overwrite the line of progress
	open bool // which has not ended yet
	rows int  // trained on, up to the epoch printed last

	finished    int          // epochs, of the training at hand
	ending      string       // how the training was stopped, if it was
	calibration *calibration // what is known of it
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *printer) start(train, test *dataset.Set) {
	if p.json {
		return
	}
	fmt.Fprintf(p.w, "%d images of %dx%d to train on, %d of them held out for validation, %d to test\n",
		train.Len(), train.Width, train.Height, p.holdout, test.Len())
	fmt.Fprintf(p.w, "recipe %s, seed %d: %v\n", p.name, p.seed, p.recipe)
}

// prepared says that the rows are made, and how long it took.
func (p *printer) prepared(took time.Duration) {
	if p.json {
		return
	}
	fmt.Fprintf(p.w, "features %s, made in %.2f s\n\n", p.vector, took.Seconds())
}

// jsonEpoch is the JSON object of an epoch.
type jsonEpoch struct {
	Epoch              int      `json:"epoch"`
	Epochs             int      `json:"epochs"`
	Step               int      `json:"step"`
	Loss               float64  `json:"loss"`
	ValidationLoss     *float64 `json:"validation_loss,omitempty"`
	ValidationAccuracy *float64 `json:"validation_accuracy,omitempty"`
	ImagesPerSecond    float64  `json:"images_per_second"`
}

// epoch prints the progress after an epoch that took the given time.
func (p *printer) epoch(progress softmax.Progress, took time.Duration) {
	speed := float64(progress.Rows-p.rows) / max(took.Seconds(), 1e-9)
	p.rows, p.finished = progress.Rows, progress.Epoch
	validated := !math.IsNaN(progress.ValidationLoss)
	if p.json {
		line := jsonEpoch{
			Epoch: progress.Epoch, Epochs: progress.Epochs, Step: progress.Step,
			Loss: progress.Loss, ImagesPerSecond: math.Round(speed),
		}
		if validated {
			line.ValidationLoss, line.ValidationAccuracy = &progress.ValidationLoss, &progress.ValidationAccuracy
		}
		p.object(line)
		return
	}
	line := fmt.Sprintf("epoch %d/%d  step %d/%d  %.0f images/s  loss %.4f", progress.Epoch, progress.Epochs,
		progress.Step, progress.Steps, speed, progress.Loss)
	if validated {
		line += fmt.Sprintf("  validation %.2f%%", 100*progress.ValidationAccuracy)
	}
	if p.live {
		fmt.Fprintf(p.w, "\r%s\x1b[K", line)
		p.open = true
		return
	}
	fmt.Fprintln(p.w, line)
}

// trained says which model came out.
func (p *printer) trained(kept softmax.Progress, stopped, final bool) {
	if stopped {
		p.ending = fmt.Sprintf(", stopped in epoch %d", p.finished+1)
		if kept.Kept {
			p.ending += fmt.Sprintf(", the model of epoch %d", kept.Epoch)
		}
	}
	if p.json {
		return
	}
	p.endLine()
	switch {
	case stopped && kept.Kept:
		fmt.Fprintf(p.w, "stopped; keeping the model of epoch %d\n", kept.Epoch)
	case stopped:
		fmt.Fprintln(p.w, "stopped within the first epoch; keeping what was learned")
	case final && kept.Epoch < kept.Epochs:
		fmt.Fprintf(p.w, "keeping the model of epoch %d, the best on the validation images\n", kept.Epoch)
	}
}

// endLine ends the line of progress.
func (p *printer) endLine() {
	if p.open {
		fmt.Fprintln(p.w)
	}
	p.open = false
}

// calibrated says how sure the model may be.
func (p *printer) calibrated(c *calibration) {
	p.calibration = c
	switch {
	case p.json:
	case c.coverage == 0:
		fmt.Fprintf(p.w, "temperature %.3f; no probability is high enough for %.1f%% of the answers to be right\n", c.temperature, 100*sureShare)
	default:
		fmt.Fprintf(p.w, "temperature %.3f; %.1f%% of the validation images are read with a probability of %.1f%% or more, and at least %.1f%% of these right\n",
			c.temperature, 100*c.coverage, 100*c.sureFrom, 100*sureShare)
	}
}

// stoppedAgain says what becomes of a second training that was stopped.
func (p *printer) stoppedAgain() {
	p.ending = ", stopped in the second training, the model of the first"
	if !p.json {
		p.endLine()
		fmt.Fprintln(p.w, "stopped; keeping the model of the first training")
	}
}

// again announces the second training.
func (p *printer) again(images int) {
	if !p.json {
		fmt.Fprintf(p.w, "\nonce more, with all %d images\n", images)
	}
}

// jsonResult is the last JSON object.
type jsonResult struct {
	TestAccuracy        float64 `json:"test_accuracy"`
	TestLogLoss         float64 `json:"test_log_loss"`
	TestECE             float64 `json:"test_ece"`
	Temperature         float32 `json:"temperature,omitempty"`
	ConfidenceThreshold float32 `json:"sure_from,omitempty"`
	TrainSeconds        float64 `json:"train_seconds"`
	Parameters          int     `json:"parameters"`
	Model               string  `json:"model,omitempty"`
	Stopped             bool    `json:"stopped,omitempty"`
}

// result prints how well the model does. Only its errors are returned, because
// the lines before can be missed.
func (p *printer) result(m *softmax.Model, report *softmax.Report, seconds float64, stopped bool) error {
	parameters := (m.Features() + 1) * m.Classes()
	if p.json {
		result := jsonResult{
			TestAccuracy: report.Accuracy(), TestLogLoss: report.LogLoss, TestECE: report.ECE,
			TrainSeconds: seconds, Parameters: parameters, Model: p.out, Stopped: stopped,
		}
		if c := p.calibration; c != nil {
			result.Temperature, result.ConfidenceThreshold = c.temperature, c.sureFrom
		}
		return p.object(result)
	}
	p.endLine()
	_, err := fmt.Fprintf(p.w, "\nTest set\n%v\n%d parameters, trained in %.2f s\n", report, parameters, seconds)
	if p.out == "" && err == nil {
		_, err = fmt.Fprintln(p.w, "the model is not kept; -out writes it to a file")
	}
	return err
}

// written says where the model is.
func (p *printer) written() error {
	if p.json {
		return nil
	}
	_, err := fmt.Fprintf(p.w, "model written to %s\n", cli.Printable(p.out))
	return err
}

func (p *printer) object(v any) error { return json.NewEncoder(p.w).Encode(v) }
