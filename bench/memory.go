package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// awaitRecord reads a log until a record with that message.
func awaitRecord(lines *bufio.Reader, message string) error {
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return fmt.Errorf("no record %q in the log: %w", message, err)
		}
		var record struct {
			Msg string `json:"msg"`
		}
		if json.Unmarshal(line, &record) == nil && record.Msg == message {
			return nil
		}
	}
}

// privateMemory gives the private memory of each child of a process, in MB.
func privateMemory(pid int) (series, error) {
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return nil, err
	}
	var sizes series
	for _, thread := range threads {
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		if err != nil {
			return nil, err
		}
		for _, child := range strings.Fields(string(children)) {
			size, err := private(child)
			if err != nil {
				return nil, err
			}
			sizes = append(sizes, size)
		}
	}
	if len(sizes) == 0 {
		return nil, fmt.Errorf("process %d has no children", pid)
	}
	return sizes, nil
}

// private adds up what a process shares with nobody, as smaps_rollup tells it in kB.
func private(pid string) (float64, error) {
	text, err := os.ReadFile("/proc/" + pid + "/smaps_rollup")
	if err != nil {
		return 0, err
	}
	total := 0.0
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if !strings.HasPrefix(line, "Private_") || len(fields) < 2 {
			continue
		}
		kb, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			return 0, err
		}
		total += kb / 1024
	}
	return total, nil
}
