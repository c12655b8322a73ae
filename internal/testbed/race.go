//go:build race

package testbed

// raceFlag makes the programs that tests build what the tests are.
const raceFlag = " -race"
