package plan

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// A plan may stand behind the bytes of an executable: the plan, its length in
// 8 bytes, little endian, and this mark. Loaders of ELF and Mach-O ignore what
// follows their last section.
const mark = "OCPLAN01"

const footer = 8 + int64(len(mark))

// Append writes what makes a plan findable behind the bytes of an executable.
func Append(w io.Writer, data []byte) error {
	tail := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	for _, part := range [][]byte{data, tail, []byte(mark)} {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("append the plan: %w", err)
		}
	}
	return nil
}

// Appended finds the plan behind the bytes of the file at path; ok is false
// where there is none.
func Appended(path string) (data []byte, ok bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	return readAppended(f, info.Size())
}

func readAppended(f io.ReaderAt, size int64) ([]byte, bool, error) {
	if size < footer {
		return nil, false, nil
	}
	tail := make([]byte, footer)
	if _, err := f.ReadAt(tail, size-footer); err != nil {
		return nil, false, err
	}
	length := binary.LittleEndian.Uint64(tail)
	if string(tail[8:]) != mark || length > uint64(size-footer) {
		return nil, false, nil
	}
	data := make([]byte, length)
	if _, err := f.ReadAt(data, size-footer-int64(length)); err != nil {
		return nil, false, err
	}
	return data, true, nil
}
