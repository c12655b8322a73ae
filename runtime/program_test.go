package runtime

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// programs are what the test binary is as a foreign program: its second
// argument is the name of one, its others are that one's.
var programs = map[string]func(p *program, args []string){
	"pass": func(p *program, _ []string) {
		p.prepare()
		p.serve(p.passOn)
	},
	// Hands on all but odd numbers, which it rejects.
	"even": func(p *program, _ []string) {
		p.prepare()
		p.serve(func(b batch) {
			var even, refused []any
			for i, m := range b.messages {
				if m.(map[string]any)["n"].(int64)%2 == 0 {
					even = append(even, m)
				} else {
					refused = append(refused, []any{i, "odd\x1b[31m"})
				}
			}
			p.say([]any{even}, "send", "out")
			p.say(nil, "done", b.number, refused)
		})
	},
	// Rejects all, with many words.
	"refuse": func(p *program, _ []string) {
		p.prepare()
		p.serve(func(b batch) {
			var refused []any
			for i := range b.messages {
				refused = append(refused, []any{i, strings.Repeat("no ", 100)})
			}
			p.say(nil, "done", b.number, refused)
		})
	},
	// Holds batches back until it has two, and does the later one first.
	"backwards": func(p *program, _ []string) {
		p.prepare()
		var held []batch
		p.serve(func(b batch) {
			if held = append(held, b); len(held) == 2 {
				p.passOn(held[1])
				p.passOn(held[0])
				held = nil
			}
		})
	},
	// Sends so many messages, one at a time, and every 100th is malformed.
	"source": func(p *program, args []string) {
		p.prepare()
		n := intOf(args[0])
		for i := range n {
			p.say([]any{[]any{map[string]any{"n": i, "text": "x"}}}, "send", "out")
			if i%100 == 99 {
				p.say([]any{[]any{map[string]any{"n": "many", "text": "x"}, 7}}, "send", "out")
			}
		}
		p.finish()
	},
	// Sends until it is told to stop.
	"endless": func(p *program, _ []string) {
		p.prepare()
		for i := 0; !p.told("stop"); i++ {
			p.say([]any{[]any{map[string]any{"n": i, "text": "x"}}}, "send", "out")
		}
		p.finish()
	},
	// Answers requests: n doubled, and an error for 13.
	"double": func(p *program, _ []string) {
		p.prepare()
		p.answer()
	},
	// Asks about each message and sends the answers on.
	"asks": func(p *program, _ []string) {
		p.prepare()
		p.asks()
	},
	// Sends each message on with its topic as its text. Its arguments are the
	// topics that it takes.
	"topics": func(p *program, args []string) {
		p.greet()
		p.say(nil, "subscribe", "in", args)
		p.ready()
		p.serve(func(b batch) {
			var list []any
			for i, m := range b.messages {
				list = append(list, map[string]any{"n": m.(map[string]any)["n"], "text": string(b.topics[i].([]byte))})
			}
			p.say([]any{list}, "send", "out")
			p.say(nil, "done", b.number)
		})
	},
	// Hands on what comes in at its pair port, and the other way round.
	"across": func(p *program, _ []string) {
		p.prepare()
		p.serve(func(b batch) {
			to := map[string]string{"in": "p", "p": "out"}[b.port]
			p.say([]any{b.messages}, "send", to)
			p.say(nil, "done", b.number)
		})
	},
	// Sends back what comes in at its pair port.
	"echo": func(p *program, _ []string) {
		p.prepare()
		p.serve(func(b batch) {
			p.say([]any{b.messages}, "send", "p")
			p.say(nil, "done", b.number)
		})
	},
	"import": func(*program, []string) {
		fmt.Fprintln(os.Stderr, "Traceback: \x1b[31m")
		fmt.Fprintln(os.Stderr, "ModuleNotFoundError: No module named 'opencore'")
		os.Exit(1)
	},
	"params": func(p *program, _ []string) {
		p.greet()
		p.say(nil, "failed", "it is too high", "limit")
		p.hear()
		os.Exit(64)
	},
	// Takes one batch, and does with it what its argument says.
	"fault": func(p *program, args []string) {
		p.prepare()
		b := p.next()
		switch args[0] {
		case "garbage":
			p.sock.Send([]byte("\xc1 print me"))
		case "kind":
			p.say(nil, "sing")
		case "port":
			p.say([]any{[]any{}}, "send", "nowhere")
		case "done":
			p.say(nil, "done", 77)
		case "frames":
			p.sock.Send(actor.AppendAny(nil, []any{"send", "out"}), nil, nil, nil, nil)
		case "array":
			p.say([]any{map[string]any{"n": 1}}, "send", "out")
		case "short":
			p.sock.Send(actor.AppendAny(nil, []any{"send", "out"}), []byte("\xdd\xff\xff\xff\xff\xc0"))
		case "end":
			p.say(nil, "end")
		case "exit":
			os.Exit(0)
		case "die":
			fmt.Fprintln(os.Stderr, "last words")
			os.Exit(3)
		case "kill":
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		p.passOn(b)
		hang()
	},
	// Says its end and exits with a status.
	"status": func(p *program, args []string) {
		p.prepare()
		p.serve(p.passOn)
		os.Exit(intOf(args[0]))
	},
	// Reads lines and writes them back in upper case, with a broken one and an
	// empty one between; then exits with a status.
	"lines": func(_ *program, args []string) {
		in, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
		for i := 0; in.Scan(); i++ {
			if i == 2 {
				fmt.Fprint(out, "oops\n\n")
			}
			fmt.Fprintln(out, strings.ReplaceAll(in.Text(), `"x"`, `"X"`))
		}
		out.Flush() // not before the end, as many programs do
		os.Exit(intOf(args[0]))
	},
	// Reads nothing.
	"lines-unread": func(*program, []string) {
		fmt.Fprintln(os.Stderr, "here")
		hang()
	},
	// Reads so many lines and exits with a status.
	"head": func(_ *program, args []string) {
		in := bufio.NewReaderSize(os.Stdin, 16)
		for range intOf(args[0]) {
			line, _ := in.ReadString('\n')
			fmt.Print(line)
		}
		os.Exit(intOf(args[1]))
	},
}

// A program is the test binary as a foreign program, which speaks the protocol.
type program struct {
	sock  *zmq.Plain
	ctx   *zmq.Context
	msg   *zmq.Message
	about map[string]any
}

// runProgram is main of such a program.
func runProgram(args []string) {
	p := &program{}
	programs[args[0]](p, args[1:])
	if p.sock != nil {
		p.sock.Close()
		p.ctx.Close()
	}
}

// hang does nothing any more.
func hang() {
	for {
		unix.Pause()
	}
}

func intOf(text string) (n int) {
	fmt.Sscan(text, &n)
	return n
}

func (p *program) greet() {
	var err error
	if p.ctx, err = zmq.NewContext(); err != nil {
		panic(err)
	}
	if p.sock, err = p.ctx.Open(zmq.Dealer, zmq.Options{}); err != nil {
		panic(err)
	}
	if err := p.sock.Connect(os.Getenv("OPENCORE_ENDPOINT")); err != nil {
		panic(err)
	}
	p.msg = zmq.NewMessage(8, 1<<30)
	p.say(nil, "hello", 1)
	head, _ := p.hear()
	p.about = head[2].(map[string]any)
}

func (p *program) prepare() {
	p.greet()
	p.ready()
}

func (p *program) ready() {
	p.say(nil, "log", "warn", fmt.Sprintf("ready \x1b %v", p.about["instance"]))
	p.say(nil, "ready")
	if head, _ := p.hear(); head[0] != "go" {
		panic(fmt.Sprint("not go: ", head))
	}
}

// say waits until there is room.
func (p *program) say(frames []any, fields ...any) {
	parts := [][]byte{actor.AppendAny(nil, fields)}
	for _, f := range frames {
		parts = append(parts, actor.AppendAny(nil, f))
	}
	for p.sock.Send(parts...) == zmq.ErrAgain {
		p.poll()
	}
}

// poll waits for the socket; a short while only, for its descriptor tells of
// changes.
func (p *program) poll() {
	unix.Poll([]unix.PollFd{{Fd: int32(p.sock.FD()), Events: unix.POLLIN}}, 10)
}

func (p *program) hear() (head []any, frames []any) {
	for p.sock.Receive(p.msg) == zmq.ErrAgain {
		p.poll()
	}
	for i, part := range p.msg.Parts() {
		v, err := actor.DecodeAny(part)
		if err != nil {
			panic(err)
		}
		if i == 0 {
			head = v.([]any)
		} else {
			frames = append(frames, v)
		}
	}
	return head, frames
}

// told tells whether the host has said that, of what is there.
func (p *program) told(kind string) bool {
	if p.sock.Receive(p.msg) != nil {
		return false
	}
	v, _ := actor.DecodeAny(p.msg.Parts()[0])
	return v.([]any)[0] == kind
}

type batch struct {
	port     string
	number   int64
	messages []any
	topics   []any
}

// next is the next batch.
func (p *program) next() batch {
	for {
		if head, frames := p.hear(); head[0] == "batch" {
			return batchOf(head, frames)
		}
	}
}

func batchOf(head, frames []any) batch {
	b := batch{port: head[1].(string), number: head[2].(int64), messages: frames[0].([]any)}
	if len(frames) > 1 {
		b.topics = frames[1].([]any)
	}
	return b
}

func (p *program) passOn(b batch) {
	p.say([]any{b.messages}, "send", "out")
	p.say(nil, "done", b.number)
}

// serve calls f with each batch until the end.
func (p *program) serve(f func(batch)) {
	for {
		switch head, frames := p.hear(); head[0] {
		case "batch":
			f(batchOf(head, frames))
		case "end":
			p.finish()
			return
		}
	}
}

func (p *program) finish() {
	p.say(nil, "end")
	for {
		if head, _ := p.hear(); head[0] == "bye" {
			return
		}
	}
}

func (p *program) answer() {
	for {
		head, frames := p.hear()
		if head[0] == "end" {
			p.finish()
			return
		}
		port, id := head[1], head[2]
		m := frames[0].(map[string]any)
		switch n := m["n"].(int64); n {
		case 13:
			p.say(nil, "error", port, id, "unlucky")
		case 14:
			p.say([]any{"no message"}, "reply", port, id)
		default:
			p.say([]any{map[string]any{"n": 2 * n, "text": m["text"]}}, "reply", port, id)
		}
	}
}

// asks asks about all messages of a batch at once.
func (p *program) asks() {
	waiting := map[int64]int{} // replies, by batch
	batchOfCall := map[int64]int64{}
	id := int64(0)
	for {
		head, frames := p.hear()
		switch head[0] {
		case "batch":
			b := batchOf(head, frames)
			for _, m := range b.messages {
				id++
				batchOfCall[id] = b.number
				waiting[b.number]++
				p.say([]any{m}, "request", "ask", id)
			}
		case "reply", "error":
			m := map[string]any{"n": -1, "text": ""}
			if head[0] == "error" {
				m["text"] = head[3]
			} else {
				m = frames[0].(map[string]any)
			}
			p.say([]any{[]any{m}}, "send", "out")
			number := batchOfCall[head[2].(int64)]
			if waiting[number]--; waiting[number] == 0 {
				p.say(nil, "done", number)
			}
		case "end":
			p.finish()
			return
		}
	}
}
