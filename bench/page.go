package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A machine is where something was measured.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	System string `json:"system"`
	Go     string `json:"go"`
	ZeroMQ string `json:"zeromq"`
}

// here tells what kind of machine this is; not which one.
func (b *bench) here() machine {
	m := machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	m.ZeroMQ, _ = b.output("pkg-config", "--modversion", "libzmq")
	text, _ := os.ReadFile("/proc/cpuinfo")
	for l := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(l, ":"); strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
		}
	}
	return m
}

// publish writes the page, and the picture on it.
func (all *results) publish(b *bench, folder string) error {
	all.Machine = b.here()
	all.sort(b.contests())
	if err := all.write(folder); err != nil {
		return err
	}
	page, err := os.Create(filepath.Join(folder, "benchmarks.md"))
	if err != nil {
		return err
	}
	defer page.Close()
	if err := all.page(page); err != nil {
		return err
	}
	if err := b.need("plot"); err != nil {
		return err
	}
	_, err = b.output(b.path("plot"), filepath.Join(folder, resultsFile), filepath.Join(folder, "benchmarks.svg"))
	return err
}

//go:embed page.md
var introduction string

// page writes what is in docs/benchmarks.md.
func (all *results) page(w io.Writer) error {
	m := all.Machine
	if _, err := fmt.Fprintf(w, introduction, m.Cores, m.CPU, m.System, m.Go, m.ZeroMQ, all.commits()); err != nil {
		return err
	}
	fmt.Fprintln(w, "| what | opencore | against | theirs | ours/theirs | goal | |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- | --- |")
	for _, o := range all.Outcomes {
		for _, l := range o.lines() {
			cells := []string{l.title, l.ours, l.rival, l.theirs, l.ratio, l.goal, l.verdict}
			if _, err := fmt.Fprintf(w, "| %s |\n", strings.ReplaceAll(strings.Join(cells, "\t"), "\t", " | ")); err != nil {
				return err
			}
		}
	}
	return nil
}

// commits names the commits that the figures are of.
func (all *results) commits() string {
	var list []string
	for _, o := range all.Outcomes {
		if !slices.Contains(list, o.Commit) {
			list = append(list, o.Commit)
		}
	}
	return strings.Join(list, ", ")
}
