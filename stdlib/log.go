package stdlib

import (
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/message"
)

// newPrint makes log.Print.
func (w *world) newPrint(s *actor.Setup) (*actor.Instance, error) {
	prefix := message.AppendPrintable(nil, []byte(param[string](s, "prefix")))
	if len(prefix) > 0 {
		prefix = append(prefix, ' ')
	}
	print := message.NewPrinter(messageType(s, "T")).Append
	encode := asLine(func(dst, payload []byte) ([]byte, error) {
		return print(append(dst, prefix...), payload)
	})
	open := func() (*output, error) { return w.openStandard("") }
	return (&sink{open: open, encode: encode}).instance("messages"), nil
}
