//go:build !cgo

package zmq

// Has reports nothing: there is no libzmq in this build.
func Has(string) bool { return false }

// TryBind says what is missing.
func TryBind(string) error { return ErrUnavailable }

// CheckVersion says that there is no libzmq in this build.
func CheckVersion() error { return ErrUnavailable }
