package lsp

import (
	"bytes"
	"context"
	"encoding/json"

	"go.lsp.dev/jsonrpc2"
)

// A stream carries messages and answers itself what is none, by which a
// connection would end.
type stream struct{ framed }

// A framed is a stream that can be read before it is taken for a message; the
// connection asks for both methods.
type framed interface {
	jsonrpc2.Stream
	ReadFrame(ctx context.Context) (body []byte, size int64, err error)
	WriteFrame(ctx context.Context, body []byte) (size int64, err error)
}

func newStream(ends pipe) stream { return stream{jsonrpc2.NewStream(ends).(framed)} }

// ReadFrame gives the next frame that is a message. Its error is one of the
// connection.
func (s stream) ReadFrame(ctx context.Context) (body []byte, size int64, err error) {
	for {
		body, size, err = s.framed.ReadFrame(ctx)
		if err != nil {
			return nil, 0, err
		}
		why := malformed(body)
		if why == nil {
			return body, size, nil
		}
		if _, err = s.Write(ctx, jsonrpc2.NewResponse(jsonrpc2.ID{}, nil, why)); err != nil {
			return nil, 0, err
		}
	}
}

// malformed says why a frame is no message, and no batch of them.
func malformed(body []byte) error {
	_, err := jsonrpc2.DecodeMessage(body)
	switch {
	case err == nil:
		return nil
	case !json.Valid(body):
		return jsonrpc2.ErrParse
	case bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")):
		_, err = jsonrpc2.ParseRequests(body)
	}
	return err
}
