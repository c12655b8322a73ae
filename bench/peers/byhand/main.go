// Byhand reads a file of earthquakes with encoding/json, as one would write it
// in an hour: those of magnitude 2.5 and more are counted by their network,
// and written as a table.
//
//	byhand FILE TABLE
package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"log"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"
)

// A Quake is a line of the file.
type Quake struct {
	ID    string    `json:"id"`
	Mag   float64   `json:"mag"`
	Place string    `json:"place"`
	At    time.Time `json:"at"`
	Net   string    `json:"net"`
	Depth float64   `json:"depth"`
	Felt  *int      `json:"felt"`
	Alert *string   `json:"alert"`
}

// A Region is a row of the table.
type Region struct {
	count     int
	strongest float64
}

func main() {
	regions, err := read(os.Args[1])
	if err == nil {
		err = write(os.Args[2], regions)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func read(path string) (map[string]*Region, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	regions := map[string]*Region{}
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 0, 1<<20), 1<<20)
	for lines.Scan() {
		var q Quake
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, err
		}
		if q.Mag < 2.5 {
			continue
		}
		r := regions[q.Net]
		if r == nil {
			r = &Region{strongest: q.Mag}
			regions[q.Net] = r
		}
		r.count++
		r.strongest = max(r.strongest, q.Mag)
	}
	return regions, lines.Err()
}

func write(path string, regions map[string]*Region) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(file)
	w.Write([]string{"network", "count", "strongest"})
	for _, net := range slices.Sorted(maps.Keys(regions)) {
		r := regions[net]
		w.Write([]string{net, strconv.Itoa(r.count), strconv.FormatFloat(r.strongest, 'g', -1, 64)})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return file.Close()
}
