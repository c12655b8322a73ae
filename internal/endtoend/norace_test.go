//go:build !race

package endtoend

// raceFlag makes the programs that tests build what the tests are.
const raceFlag = ""
