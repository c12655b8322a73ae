package endtoend

import "testing"

func TestKilledReplierIsAskedAgain(t *testing.T) {
	tr := start(t, `graph main(log string) {
  asker   = Asker(log: log, count: 2_000)
  replier = Replier(log: log)

  asker -> replier timeout 5s retry 3
}`)
	tr.until(tr.ctx, t, "questions are answered", func(all []entry) bool { return count(all, "sent", 0) >= 100 })
	tr.kill(firstPID(tr.all(), "replier"))
	o := tr.wait()
	if n := len(about(o.entries, "sent")); n != 2_000 {
		t.Errorf("%d of 2,000 questions are answered:\n%s", n, o.stderr)
	}
	o.wire(t, "asker.questions -> replier.questions")
}
