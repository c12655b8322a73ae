package stdlib

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// How a file that may be there already is opened.
type openMode uint8

const (
	replace openMode = iota // a run starts
	resume                  // a process has been restarted: its rows are there, the last one perhaps in part
	extend                  // the user wants to keep what is there
)

// openOutput opens a path, not a stream. empty tells that nothing is in it
// yet.
func openOutput(f file, mode openMode) (o *output, empty bool, err error) {
	flags := os.O_RDWR | os.O_CREATE | os.O_APPEND
	if mode == replace {
		flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND | os.O_TRUNC
	}
	opened, err := os.OpenFile(f.path, flags, 0o666)
	if err != nil {
		return nil, false, cannotCreate(f.path, err)
	}
	info, err := opened.Stat()
	if err == nil && !info.Mode().IsRegular() {
		return newOutput(f.path, "path", opened, f.gzip, -1), true, nil
	}
	if err == nil && mode == resume {
		opened, err = wholeRowsOnly(f, opened)
	}
	size := int64(0)
	if err == nil {
		size, err = opened.Seek(0, io.SeekEnd)
	}
	if err == nil && mode == extend && !f.gzip && size > 0 {
		size, err = endLine(opened, size)
	}
	if err != nil {
		opened.Close()
		return nil, false, cannotCreate(f.path, err)
	}
	return newOutput(f.path, "path", opened, f.gzip, size), size == 0, nil
}

func cannotCreate(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return badParam("path", "%s: there is no folder %s", path, filepath.Dir(path))
	}
	return badParam("path", "%s: %s", path, inWords(err))
}

// endLine ends a last line that has no end.
func endLine(f *os.File, size int64) (int64, error) {
	var last [1]byte
	if _, err := f.ReadAt(last[:], size-1); err != nil || last[0] == '\n' {
		return size, err
	}
	_, err := f.Write([]byte{'\n'})
	return size + 1, err
}

// wholeRowsOnly takes the part of a row off that a killed process left at the
// end. Packed data that a killed process left have no end, so they are packed
// anew.
func wholeRowsOnly(f file, opened *os.File) (*os.File, error) {
	if f.gzip {
		return repack(f, opened)
	}
	end, err := wholeRows(opened, f.format)
	if err != nil {
		return opened, err
	}
	return opened, opened.Truncate(end)
}

// wholeRows gives the offset behind the last row that is whole.
func wholeRows(r io.Reader, format string) (int64, error) {
	if format == "csv" {
		return wholeTableRows(r)
	}
	buffer := make([]byte, firstBuffer)
	end, read := int64(0), int64(0)
	for {
		n, err := r.Read(buffer)
		if i := bytes.LastIndexByte(buffer[:n], '\n'); i >= 0 {
			end = read + int64(i) + 1
		}
		read += int64(n)
		if err != nil {
			return end, unlessAtEnd(err)
		}
	}
}

// wholeTableRows is wholeRows for CSV, where a line end may stand within a row.
func wholeTableRows(r io.Reader) (int64, error) {
	last := lastByte{r: r}
	table := csv.NewReader(&last)
	table.FieldsPerRecord = -1
	table.ReuseRecord = true
	before, end, broken := int64(0), int64(0), false
	for {
		_, err := table.Read()
		var parse *csv.ParseError
		switch {
		case err == nil:
			before, end, broken = end, table.InputOffset(), false
		case errors.As(err, &parse): // the last row, if nothing follows
			broken = true
		case err == io.EOF && last.byte != '\n' && !broken:
			return before, nil
		default:
			return end, unlessAtEnd(err)
		}
	}
}

// lastByte remembers the last byte that was read.
type lastByte struct {
	r    io.Reader
	byte byte
}

func (l *lastByte) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if n > 0 {
		l.byte = p[n-1]
	}
	return n, err
}

// unlessAtEnd takes the end of data, and that of data that were cut off, as no
// error.
func unlessAtEnd(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// repack replaces a packed file by one that holds its whole rows, and closes
// the old one.
func repack(f file, old *os.File) (*os.File, error) {
	end, err := unpackedRows(f, old)
	if err != nil {
		return old, err
	}
	beside, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".*")
	if err != nil {
		return old, err
	}
	defer os.Remove(beside.Name()) // nothing is there any more if all goes well
	err = copyPacked(beside, old, end)
	if err == nil {
		err = os.Rename(beside.Name(), f.path)
	}
	if err != nil {
		beside.Close()
		return old, err
	}
	old.Close()
	return beside, nil
}

func unpackedRows(f file, packed *os.File) (int64, error) {
	unpacked, err := gzip.NewReader(bufio.NewReader(packed))
	if err != nil {
		return 0, unlessAtEnd(err)
	}
	return wholeRows(unpacked, f.format)
}

// copyPacked packs the first n bytes that packed holds into out.
func copyPacked(out, packed *os.File, n int64) error {
	if n == 0 {
		return nil
	}
	if _, err := packed.Seek(0, io.SeekStart); err != nil {
		return err
	}
	unpacked, err := gzip.NewReader(bufio.NewReader(packed))
	if err != nil {
		return err
	}
	packer := gzip.NewWriter(out)
	if _, err := io.CopyN(packer, unpacked, n); err != nil {
		return err
	}
	return packer.Close()
}

// sameColumns reports whether a table that rows are to be written behind has
// these columns.
func sameColumns(path string, header []byte) error {
	f, err := os.Open(path)
	if err != nil {
		return cannotCreate(path, err)
	}
	defer f.Close()
	there, err := csv.NewReader(f).Read()
	want, err2 := csv.NewReader(bytes.NewReader(header)).Read()
	if err != nil || err2 != nil || !slices.Equal(there, want) {
		return badParam("path", "%s has other columns than %s", path, strings.TrimSpace(string(header)))
	}
	return nil
}
