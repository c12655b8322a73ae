package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// once yields the settings of an item, each kind of them once. It reports
// those that stand there again.
func once[S interface{ Span() diag.Span }](c *checker, items []S) []S {
	var list []S
	seen := map[string]diag.Span{}
	for _, s := range items {
		word := settingWord(s)
		if first, ok := seen[word]; ok {
			c.twice(s.Span(), quote(word), first)
			continue
		}
		if word != "" {
			seen[word] = s.Span()
		}
		list = append(list, s)
	}
	return list
}

// settingWord is the word that begins a setting, "" for one that may stand
// several times, or that the parser lets stand in the last place alone.
func settingWord(s any) string {
	switch s.(type) {
	case *syntax.Endless:
		return "endless"
	case *syntax.External:
		return "external"
	case *syntax.Exec:
		return "exec"
	case *syntax.Key:
		return "key"
	case *syntax.Topic:
		return "topic"
	case *syntax.Codec:
		return "codec"
	case *syntax.Replicas:
		return "replicas"
	case *syntax.Restart:
		return "restart"
	case *syntax.Process:
		return "process"
	case *syntax.Queue:
		return "queue"
	case *syntax.Timeout:
		return "timeout"
	case *syntax.Retry:
		return "retry"
	case *syntax.Deliver:
		return "deliver"
	case *syntax.Journal:
		return "journal"
	default:
		return ""
	}
}
