package plain

import "testing"

// libzmq 4.3 aborts the process when the heartbeat of a connection is due that
// has been lost while nobody read from it, and takes a peer for dead whose answer
// stands behind messages that wait to be read.
func TestNoHeartbeatWhereInputMayWait(t *testing.T) {
	for pattern, want := range map[string]bool{
		"push": true, "pub": true, "req": true, "dealer": true,
		"pull": false, "sub": false, "rep": false, "router": false, "pair": false,
	} {
		c := Config{Socket: pattern, Endpoint: "tcp://127.0.0.1:5555"}
		if o := c.options(); o.Heartbeat > 0 != want || o.KeepAlive > 0 == want {
			t.Errorf("%s: heartbeat %v, keepalive %v", pattern, o.Heartbeat, o.KeepAlive)
		}
	}
}
