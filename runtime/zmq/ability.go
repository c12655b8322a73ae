//go:build cgo

package zmq

// #include <stdlib.h>
// #include <zmq.h>
import "C"

import "unsafe"

// Has reports whether the libzmq at hand was built with something that
// zmq_has(3) names: "ipc", "pgm", "norm", "curve", "draft".
func Has(what string) bool {
	name := C.CString(what)
	defer C.free(unsafe.Pointer(name))
	return C.zmq_has(name) == 1
}

// TryBind binds a socket to endpoint and closes it again. Its error says why it
// can't be bound.
func TryBind(endpoint string) error {
	c, err := NewContext()
	if err != nil {
		return err
	}
	s, err := c.Open(Pull, Options{})
	if err == nil {
		_, err = s.Bind(endpoint)
		s.Close()
	}
	if closing := c.Close(); err == nil {
		err = closing
	}
	return err
}

// CheckVersion says why the libzmq at hand won't do; nil if it will.
func CheckVersion() error { return checkVersion(version()) }
