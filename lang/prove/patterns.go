package prove

import (
	"net/url"
	"path"
	"strings"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A socket is one of ours at an address: of a wire to or from an external
// actor, or of an exposed port. What binds there is one socket, ours or a
// foreign one, and of one kind.
type socket struct {
	span    diag.Span
	port    inlet // that has the address, or is exposed
	address *model.Address
	kind    kind // what the socket that is bound there is, as this one sees it
}

// A kind is what sockets of the patterns that a peer can't tell apart are.
type kind string

const (
	asks    kind = "asks"
	answers kind = "answers"
)

func kindOf(p model.Pattern) kind {
	switch p {
	case model.Req, model.Dealer:
		return asks
	case model.Rep, model.Router:
		return answers
	default:
		return kind(p)
	}
}

// mirror is the kind of socket that meets one of another.
var mirror = map[kind]kind{
	"push": "pull", "pull": "push", "pub": "sub", "sub": "pub", asks: answers, answers: asks, "pair": "pair",
}

// patterns reports what the sockets of a program can't do together. That two
// bind one address is the checker's affair.
func (v *prover) patterns() {
	byPlace := map[any][]socket{}
	for _, s := range v.sockets() {
		p := place(s.address)
		if p == nil {
			continue
		}
		if others := byPlace[p]; len(others) == 0 || !v.beside(others, s) {
			byPlace[p] = append(byPlace[p], s)
		}
	}
}

// sockets lists all, those that bind in front.
func (v *prover) sockets() []socket {
	var bound, connected []socket
	for _, e := range v.graph.Exposes {
		bound = append(bound, socket{e.Span, inlet{e.End.Instance, e.End.Port}, &e.Address, kindOf(e.End.Port.Pattern)})
	}
	for _, w := range v.graph.Wires {
		foreign := w.From
		if !foreign.Instance.Actor.External {
			foreign = w.To
		}
		a := foreign.Port.Address
		if !foreign.Instance.Actor.External || a == nil {
			continue
		}
		s := socket{w.Span, inlet{foreign.Instance, foreign.Port}, a, kindOf(foreign.Port.Pattern)}
		if a.Bind {
			s.kind = mirror[s.kind]
			bound = append(bound, s)
		} else {
			connected = append(connected, s)
		}
	}
	return append(bound, connected...)
}

// place is what addresses that lead to one socket have in common; nil where
// that is not known. Who binds at all interfaces can be reached at loopback.
func place(a *model.Address) any {
	switch e := a.Endpoint.(type) {
	case model.Env:
		return model.Env{Name: e.Name}
	case model.ParamRef:
		return e
	case string:
		return written(e)
	default:
		return nil
	}
}

func written(endpoint string) any {
	transport, rest, _ := strings.Cut(endpoint, "://")
	switch transport {
	case "ipc":
		if rest == "*" {
			return nil
		}
		return "ipc://" + path.Clean(rest)
	case "tcp":
		if _, to, from := strings.Cut(rest, ";"); from {
			rest = to
		}
		u := url.URL{Host: rest}
		if port := u.Port(); port == "" || port == "0" {
			return nil // the system chooses one
		}
		switch host := strings.ToLower(u.Hostname()); host {
		case "*", "0.0.0.0", "localhost", "127.0.0.1":
			return "tcp://127.0.0.1:" + u.Port()
		default:
			return "tcp://" + host + ":" + u.Port()
		}
	default:
		return nil // anybody may join a multicast group
	}
}

// beside compares a socket with those before it at its address, of which one
// finding is enough.
func (v *prover) beside(others []socket, s socket) bool {
	first := others[0]
	switch {
	case s.address.Bind:
		return true // several wires to one external port, or an error
	case first.address.Bind && first.kind == s.kind:
		v.found.Warnf(codeOwn, s.span, "%q is not elsewhere: this program itself binds %s", s.port.instance.Name, addressText(s.address)).
			Note(first.span, "bound here").
			Note(s.address.Span, "connected to here").
			Help("wire the two ports to each other, or correct one of the addresses")
	case differ(first.kind, s.kind):
		v.misfit(first, s)
	case first.address.Bind, first.port == s.port:
		return false
	case s.kind == "pair":
		v.found.Errorf(codeMisfit, s.span, "%s is the address of one pair, which takes one peer, and this is the second", addressText(s.address)).
			Note(first.span, "the first is here")
	case s.kind == "push" || s.kind == asks:
		what := map[kind]string{"push": "messages", asks: "requests"}[s.kind]
		v.found.Warnf(codeDivided, s.span, "%s is the address of one socket, which shares its %s among its peers: no wire gets all of them", addressText(s.address), what).
			Note(first.span, "another wire from there").
			Help("take them with one instance, and let that hand on to both")
	default:
		return false
	}
	return true
}

// differ tells whether no socket is of both kinds. A foreign DEALER or ROUTER
// may ask and answer.
func differ(a, b kind) bool {
	return a != b && !(mirror[a] == b && (a == asks || a == answers))
}

func (v *prover) misfit(first, s socket) {
	d := v.found.Errorf(codeMisfit, s.span, "%s can't be the address of a socket that %s, and of one that %s", addressText(s.address), first.kind.says(), s.kind.says())
	if first.address.Bind {
		d.Message = addressText(s.address) + " is bound by this program, by a socket that " + first.kind.says() + ", and here is taken for one that " + s.kind.says()
	}
	d.Note(first.span, "first here")
	for _, a := range []*model.Address{first.address, s.address} {
		if a.Span != first.span {
			d.Note(a.Span, "the address stands here")
		}
	}
	d.Help("a socket is of one pattern: correct one of the addresses")
}

// says tells what sockets of a kind do.
func (k kind) says() string {
	switch k {
	case "push":
		return "pushes"
	case "pull":
		return "pulls"
	case "pub":
		return "publishes"
	case "sub":
		return "subscribes"
	case "pair":
		return "is a pair"
	default:
		return string(k)
	}
}

// addressText spells an address as it is written.
func addressText(a *model.Address) string {
	switch v := a.Endpoint.(type) {
	case model.Env:
		return `env("` + v.Name + `")`
	case model.ParamRef:
		return `the address "` + v.Name + `"`
	default:
		return `"` + v.(string) + `"`
	}
}
