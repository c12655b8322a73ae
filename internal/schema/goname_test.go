package schema

import "testing"

func TestGoName(t *testing.T) {
	for name, want := range map[string]string{
		"regions": "Regions", "my_port": "MyPort", "myPort": "MyPort", "id": "ID", "user_id": "UserID",
		"userId": "UserID", "url": "URL", "http_status": "HTTPStatus", "timer.Tick": "TimerTick",
		"Quake": "Quake", "x1": "X1", "at": "At", "a_b_c": "ABC",
	} {
		if got := GoName(name); got != want {
			t.Errorf("GoName(%q) = %q, want %q", name, got, want)
		}
	}
}
