//go:build !race

package conformance

// raceFlag makes the programs that tests build what the tests are.
const raceFlag = ""
