package runtime

import (
	"fmt"
	"strings"
)

// secret reads the value of a secret. What this process says from then on
// has its name in the place of it.
func (p *process) secret(name string) (string, error) {
	text, ok := p.world.lookup(name)
	if !ok {
		return "", fmt.Errorf("the secret %s is not set in the environment", name)
	}
	p.up.hide(name, text)
	return text, nil
}

// hide keeps a secret out of what is said.
func (u *upward) hide(name, text string) {
	if text == "" {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.hidden = append(u.hidden, text, "(secret "+name+")")
	u.hider.Store(strings.NewReplacer(u.hidden...))
}

// shown is a text without secrets.
func (u *upward) shown(text string) string {
	if hider := u.hider.Load(); hider != nil {
		return hider.Replace(text)
	}
	return text
}

// shownValue is the value of an attribute without secrets.
func (u *upward) shownValue(v any) any {
	switch v := v.(type) {
	case string:
		return u.shown(v)
	case error:
		return u.shown(v.Error())
	case map[string]any:
		return u.shownAttrs(v)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = u.shownValue(e)
		}
		return list
	}
	return v
}

// shownAttrs is shownValue of attributes.
func (u *upward) shownAttrs(attrs map[string]any) map[string]any {
	if u.hider.Load() == nil {
		return attrs
	}
	shown := make(map[string]any, len(attrs))
	for key, v := range attrs {
		shown[key] = u.shownValue(v)
	}
	return shown
}
