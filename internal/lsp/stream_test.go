package lsp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"

	"go.lsp.dev/jsonrpc2"

	"github.com/ilpomo/opencore/internal/lsp"
	"github.com/ilpomo/opencore/stdlib"
)

// TestFramesThatAreNoMessages sends frames that are no JSON, or JSON that is no
// message: each is answered, and what follows too.
func TestFramesThatAreNoMessages(t *testing.T) {
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		ended <- lsp.Serve(ctx, toServer, fromServer, lsp.Options{Standard: stdlib.Sources, Version: "test", Log: slog.New(slog.DiscardHandler)})
	}()
	answers := jsonrpc2.NewStream(duplex{toClient, fromClient})
	defer answers.Close()
	for _, test := range []struct {
		body string
		code jsonrpc2.Code // 0 of none that is an error
	}{
		{`{nope`, jsonrpc2.ParseError},
		{`[{"jsonrpc": "2.0",`, jsonrpc2.ParseError},
		{"\x00", jsonrpc2.ParseError},
		{`{"jsonrpc": "2.0"} {}`, jsonrpc2.ParseError},
		{`{"jsonrpc": "1.0", "id": 1, "method": "shutdown"}`, jsonrpc2.InvalidRequest},
		{`{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}`, 0},
		{`{"jsonrpc": "2.0", "id": 2, "method": "shutdown"}`, 0},
	} {
		if _, err := fmt.Fprintf(fromClient, "Content-Length: %d\r\n\r\n%s", len(test.body), test.body); err != nil {
			t.Fatal(err)
		}
		message, _, err := answers.Read(ctx)
		if err != nil {
			t.Fatalf("%s: %v", test.body, err)
		}
		code := jsonrpc2.Code(0)
		if bad, ok := errors.AsType[*jsonrpc2.Error](message.(*jsonrpc2.Response).Err()); ok {
			code = bad.Code
		}
		if code != test.code {
			t.Errorf("%s is answered with %d, not %d", test.body, code, test.code)
		}
	}
	if err := fromClient.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
