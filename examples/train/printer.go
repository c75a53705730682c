package main

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/softmax"
)

// A printer tells the user, as text or as JSON, how the training goes. It also
// remembers what the model file will say.
type printer struct {
	*options
	w    io.Writer
	live bool // each line of progress overwrites the one before
	open bool // the line of progress has not ended yet
	rows int  // trained on so far, in this training
	err  error

	finished    int          // epochs, in this training
	ending      string       // says how the training was stopped, if it was
	calibration *calibration // nil if there is none
	trainings   []report.Training
}

// begins begins a training of this name.
func (p *printer) begins(name string) {
	p.rows, p.finished = 0, 0
	p.trainings = append(p.trainings, report.Training{Name: name})
}

// text prints a line of text, not for JSON.
func (p *printer) text(format string, args ...any) {
	if p.json {
		return
	}
	if p.open {
		fmt.Fprintln(p.w)
	}
	p.open = false
	p.keep(fmt.Fprintf(p.w, format+"\n", args...))
}

// keep remembers the first error of the writer.
func (p *printer) keep(_ int, err error) {
	if p.err == nil {
		p.err = err
	}
}

// loaded describes the data and the recipe.
func (p *printer) loaded(train, test *dataset.Set) {
	if p.pictures != "" {
		p.text("%d pictures of %d classes: %s", train.Len()+test.Len(), train.Classes, cli.Printable(enumerate(train.Names)))
	}
	p.text("%d images of %dx%d to train on, %d of them held out for validation, %d to test",
		train.Len(), train.Width, train.Height, p.holdout, test.Len())
	if p.files != nil {
		p.text("the images stay in their file, and are read when they are needed")
	}
	p.text("recipe %s, seed %d: %v", p.name, p.seed, p.recipe)
}

// prepared describes what prepare made.
func (p *printer) prepared(train *dataset.Set, took time.Duration) {
	if p.extension != (extension{}) {
		p.text("with drawn digits and pictures without a digit: %d images, %d of them held out", train.Len(), p.holdout)
	}
	p.text("features %s, ready after %.2f s\n", p.vector, took.Seconds())
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

// epoch prints the progress after an epoch that took this time.
func (p *printer) epoch(progress softmax.Progress, took time.Duration) {
	speed := float64(progress.Rows-p.rows) / max(took.Seconds(), 1e-9)
	p.rows, p.finished = progress.Rows, progress.Epoch
	t := &p.trainings[len(p.trainings)-1]
	t.Epochs = append(t.Epochs, report.Epoch{Number: progress.Epoch, Loss: progress.Loss,
		ValidationLoss: progress.ValidationLoss, ValidationAccuracy: progress.ValidationAccuracy})
	validated := !math.IsNaN(progress.ValidationLoss)
	if p.json {
		line := jsonEpoch{
			Epoch: progress.Epoch, Epochs: progress.Epochs, Step: progress.Step,
			Loss: progress.Loss, ImagesPerSecond: math.Round(speed),
		}
		if validated {
			line.ValidationLoss, line.ValidationAccuracy = &progress.ValidationLoss, &progress.ValidationAccuracy
		}
		p.keep(0, cli.WriteJSON(p.w, line, ""))
		return
	}
	line := fmt.Sprintf("epoch %d/%d  step %d/%d  %.0f images/s  loss %.4f", progress.Epoch, progress.Epochs,
		progress.Step, progress.Steps, speed, progress.Loss)
	if validated {
		line += fmt.Sprintf("  validation %.2f%%", 100*progress.ValidationAccuracy)
	}
	if !p.live {
		every := 1
		if progress.Epochs > 20 {
			every = progress.Epochs / 10 // few images have hundreds of epochs
		}
		if progress.Epoch%every == 0 || progress.Epoch == progress.Epochs {
			p.text("%s", line)
		}
		return
	}
	fmt.Fprintf(p.w, "\r%s\x1b[K", line)
	p.open = true
}

// trained says which model the first training kept, if it was stopped.
func (p *printer) trained(kept softmax.Progress, stopped bool) {
	p.trainings[0].Kept = kept.Epoch
	if !stopped {
		return
	}
	p.ending = fmt.Sprintf(", stopped in epoch %d", p.finished+1)
	if !kept.Kept {
		p.text("stopped in the first epoch; keeping what was learned so far")
		return
	}
	p.ending += fmt.Sprintf(", the model of epoch %d", kept.Epoch)
	p.text("stopped; keeping the model of epoch %d", kept.Epoch)
}

// calibrated says when an answer is sure.
func (p *printer) calibrated(c *calibration) {
	p.calibration = c
	if p.sure > 0 {
		p.text("temperature %.3f; answers are sure from %.0f%% on", c.temperature, 100*p.sure)
		return
	}
	images := "the validation images"
	if c.images != p.holdout {
		images = fmt.Sprintf("all %d images, in a cross-validation,", c.images)
	}
	limit, why := 100*c.threshold, fmt.Sprintf("at least %.1f%% of these are right", 100*sureShare)
	if c.guessed {
		why = "there are too few images for a lower limit"
	}
	if c.coverage == 0 && !c.guessed {
		p.text("temperature %.3f; no answer is sure: no limit gives %.1f%% right answers", c.temperature, 100*sureShare)
		return
	}
	p.text("temperature %.3f; answers are sure from %.5g%% on: %s", c.temperature, limit, why)
	p.text("%.1f%% of %s get a sure answer", 100*c.coverage, images)
}

// sureFrom returns the threshold of sure answers, or 0.
func (p *printer) sureFrom() float32 {
	if p.sure == 0 && p.calibration != nil {
		return p.calibration.threshold
	}
	return p.sure // even with -holdout 0
}

// jsonResult is the JSON object of the result.
type jsonResult struct {
	TestAccuracy        float64 `json:"test_accuracy"`
	BalancedAccuracy    float64 `json:"test_balanced_accuracy"`
	TestLogLoss         float64 `json:"test_log_loss"`
	TestECE             float64 `json:"test_ece"`
	CalledNoDigit       int     `json:"called_no_digit,omitempty"`
	Temperature         float32 `json:"temperature,omitempty"`
	ConfidenceThreshold float32 `json:"sure_from,omitempty"`
	TrainSeconds        float64 `json:"train_seconds"`
	Parameters          int     `json:"parameters"`
	Model               string  `json:"model,omitempty"`
	Report              string  `json:"report,omitempty"`
	Stopped             bool    `json:"stopped,omitempty"`
}

// result prints how good the model is on the test set, and returns this report.
// For a model that knows "no digit", the report is about the most probable of
// the ten digits. The report is nil if the test set cannot be read.
func (p *printer) result(m *softmax.Model, test table, seconds float64, stopped bool) *softmax.Report {
	judge, called := m, 0
	if p.extension != (extension{}) {
		judge, called = onlyDigits(m), calledNone(m, test.X)
	}
	found, err := test.evaluate(judge)
	if err != nil {
		p.keep(0, err)
		return nil
	}
	p.text("\nTest set\n%v", found)
	if judge != m {
		p.text("%d of %d test images are called no digit", called, len(test.Y))
	}
	p.text("%d parameters, trained in %.2f s", pictures.Parameters(m), seconds)
	if !p.json {
		return found
	}
	result := jsonResult{
		TestAccuracy: found.Accuracy(), BalancedAccuracy: found.BalancedAccuracy(),
		TestLogLoss: found.LogLoss, TestECE: found.ECE, CalledNoDigit: called, ConfidenceThreshold: p.sureFrom(),
		TrainSeconds: seconds, Parameters: pictures.Parameters(m), Model: p.out, Report: p.report, Stopped: stopped,
	}
	if c := p.calibration; c != nil {
		result.Temperature = c.temperature
	}
	p.keep(0, cli.WriteJSON(p.w, result, ""))
	return found
}
