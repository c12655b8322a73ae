package endtoend

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
)

// Clients that are not ours ask at one address, and replicas answer: many
// requests are on their way, errors and timeouts come back as such, and who is
// killed meanwhile is not missed.
func TestQueueInFrontOfReplicas(t *testing.T) {
	endpoint := testbed.FreeTCP(t, "127.0.0.1")
	tr := start(t, `graph main(log string, address string) {
  queue    = proxy.Queue()
  repliers = Replier(log: log, fails: 13, stalls: 200) replicas 3

  queue -> repliers timeout 1s retry 1
  expose queue.clients address codec json
}`, "address="+endpoint)
	tr.mustAnswer(askQueue(tr, endpoint, 200), map[int]string{13: "question 13 is one to fail at"})
	tr.kill(firstPID(tr.all(), "replier"))
	tr.mustAnswer(askQueue(tr, endpoint, 10), nil)
	tr.mustAnswer(askQueue(tr, endpoint, 201), map[int]string{13: "question 13 is one to fail at", 200: "no reply in time"})
	o := tr.stop()
	o.wire(t, "queue.repliers -> repliers.questions")
}

// mustAnswer demands that all questions have been answered well, but for those
// that have failed.
func (tr *trial) mustAnswer(answers []string, failed map[int]string) {
	tr.t.Helper()
	for n, line := range answers {
		want := "well"
		if failed[n] != "" {
			want = failed[n]
		}
		if line != fmt.Sprint(n, " ", want) {
			tr.t.Errorf("reply %q, want %q", line, want)
		}
	}
}

// askQueue runs the client.
func askQueue(tr *trial, endpoint string, count int) []string {
	tr.t.Helper()
	client := exec.CommandContext(tr.ctx, testbed.Python(tr.t), filepath.Join("testdata", "queue_client.py"), endpoint, fmt.Sprint(count))
	var stderr strings.Builder
	client.Stderr = &stderr
	out, err := client.Output()
	if err != nil {
		tr.t.Fatalf("%v: %s\n%s", err, stderr.String(), tr.stderr.String())
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != count {
		tr.t.Fatalf("%d lines:\n%s", len(lines), out)
	}
	return lines
}
