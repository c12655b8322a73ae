package filter

import (
	"os"
	"strings"
	"testing"
	"time"
)

// sources are the expressions of testdata, right and wrong ones.
func sources(t testing.TB) (right, wrong []string) {
	meaning, err := os.ReadFile("testdata/meaning.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(meaning)) {
		if result, source, ok := strings.Cut(strings.TrimSpace(line), " "); ok && result != "#" {
			right = append(right, strings.TrimSpace(source))
		}
	}
	problems, err := os.ReadFile("testdata/problems.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(problems)) {
		if !strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, "// ") {
			wrong = append(wrong, strings.TrimSuffix(line, "\n"))
		}
	}
	return right, wrong
}

// FuzzCheck demands of any source that checking it ends soon, without a panic,
// with problems about what stands there, or with an expression that means the
// same on bytes and on a struct, and takes no topic that begins otherwise than
// it says.
func FuzzCheck(f *testing.F) {
	right, wrong := sources(f)
	for _, source := range append(right, wrong...) {
		f.Add(source)
	}
	for _, bomb := range bombs() {
		if len(bomb) < 4<<10 { // TestBombs has the others
			f.Add(bomb)
		}
	}
	subject := newSubject(quake, quakeValue)
	f.Fuzz(func(t *testing.T, source string) {
		start := time.Now()
		e, problems := Check(source, quakeScope, nil)
		if took := time.Since(start); took > 10*time.Second {
			t.Fatalf("checking takes %s", took)
		}
		if (e == nil) == (len(problems) == 0) {
			t.Fatalf("an expression %v and problems %v", e, problems)
		}
		for _, p := range problems {
			checkPlace(t, source, p)
		}
		onBool, _ := Check(source, quakeScope, typeBool)
		if onBool == nil {
			return
		}
		p, s := mustCompile(t, source, quakeScope, typeBool, quakeNames)
		if p.Match(subject.payload, "topic") != s.Match(subject.p, "topic") {
			t.Errorf("%s differs on bytes and a struct", source)
		}
		checkSound(t, onBool, p, subject.payload, quakeNames)
	})
}

// FuzzPayload evaluates the expressions of testdata on any bytes.
func FuzzPayload(f *testing.F) {
	payload := encode(quake, quakeValue)
	f.Add(payload)
	f.Add(payload[:len(payload)/2])
	f.Add([]byte{})
	f.Add(make([]byte, len(payload)))
	f.Add(append(payload[:len(payload)/3:len(payload)/3], strings.Repeat("\xff", len(payload))...))
	right, _ := sources(f)
	var programs []*Program
	for _, source := range right {
		p, _ := mustCompile(f, source, quakeScope, typeBool, quakeNames)
		programs = append(programs, p)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		before := string(payload)
		for _, p := range programs {
			p.Match(payload, "")
		}
		if string(payload) != before {
			t.Error("the payload has changed")
		}
	})
}

// bombs are sources that would be costly to somebody.
func bombs() map[string]string {
	return map[string]string{
		"brackets":      strings.Repeat("(", 9_000_000),
		"lists":         strings.Repeat("[", 60_000),
		"unary":         strings.Repeat("!", 60_000) + "ok",
		"minus":         strings.Repeat("- ", 30_000) + "1 > 0",
		"not":           strings.Repeat("not ", 15_000) + "ok",
		"terms":         "ok" + strings.Repeat(" || ok", 100_000),
		"fewer terms":   "ok" + strings.Repeat("||ok", 15_000),
		"sums":          "1" + strings.Repeat("+1", 30_000) + " > 0",
		"choices":       strings.Repeat("ok?1:", 12_000) + "2 > 1",
		"unknown names": "a" + strings.Repeat("&&a", 3_000),
		"calls":         strings.Repeat("len(", 60) + strings.Repeat(")", 60),
		"chains":        strings.Repeat("1<(2<", 30) + "3" + strings.Repeat("<4)", 30),
		"elvis":         strings.Repeat("(", 60) + "ok" + strings.Repeat("?:ok)", 60),
		"closers":       strings.Repeat(")", 60_000),
		"strings":       strings.Repeat(`"`, 60_001),
		"predicates":    strings.Repeat("any(tags,", 60) + "true" + strings.Repeat(")", 60),
		"one name":      strings.Repeat("a", 60_000),
	}
}
