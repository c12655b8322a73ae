package testbed

import (
	"net"
	"testing"
)

// FreeTCP gives an address of the loopback interface that was free a moment
// ago. host is 127.0.0.1 or ::1.
func FreeTCP(t testing.TB, host string) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "tcp://" + l.Addr().String()
}
