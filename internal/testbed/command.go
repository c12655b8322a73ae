package testbed

import "os"

// CopySelf makes a copy of the test binary under another name, by which it may
// be told what to be.
func CopySelf(path string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	code, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	return os.WriteFile(path, code, 0o700)
}

// Environ is the environment of commands that build programs: under the race
// detector if the tests are.
func Environ() []string {
	return append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+raceFlag)
}

// OpenText makes a file of a text, and opens it to be handed to a command.
func OpenText(path string, text []byte) (*os.File, error) {
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, err
	}
	return os.Open(path)
}
