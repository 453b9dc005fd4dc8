package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errShort = errors.New("expected more bytes, found the end")

// Little-endian fields one after the other; the first that is not there is remembered.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) take(count int) []byte {
	if r.err == nil && (count < 0 || count > len(r.rest)) {
		r.err = errShort
	}
	if r.err != nil {
		return make([]byte, max(0, min(count, 64)))
	}
	taken := r.rest[:count]
	r.rest = r.rest[count:]
	return taken
}

func (r *reader) u8() byte     { return r.take(1)[0] }
func (r *reader) u16() uint16  { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *reader) u32() uint32  { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64  { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *reader) minute() int  { return int(int32(r.u32())) }
func (r *reader) text() string { return string(r.take(int(r.u32()))) }

func (r *reader) hash() (hash [32]byte) {
	copy(hash[:], r.take(32))
	return hash
}

func (r *reader) flag() bool {
	value := r.u8()
	if value > 1 && r.err == nil {
		r.err = fmt.Errorf("expected a bool, found %d", value)
	}
	return value == 1
}

// A count, then so many elements; each has at least one byte.
func (r *reader) each(read func()) {
	count := int(r.u32())
	if r.err == nil && count > len(r.rest) {
		r.err = errShort
	}
	for i := 0; i < count && r.err == nil; i++ {
		read()
	}
}

func (r *reader) option(read func()) {
	if r.flag() {
		read()
	}
}

// Solana's compact-u16 in its shortest form.
func (r *reader) compact() int {
	number := 0
	for i := 0; i < 3; i++ {
		b := r.u8()
		number |= int(b&0x7f) << (7 * i)
		if b&0x80 == 0 {
			if i > 0 && b == 0 && r.err == nil {
				r.err = errors.New("expected the shortest form of a number")
			}
			return number
		}
	}
	if r.err == nil {
		r.err = errors.New("expected a number of at most 16 bits")
	}
	return number
}

func (r *reader) end() error {
	if r.err == nil && len(r.rest) > 0 {
		r.err = fmt.Errorf("expected the end, found %d more bytes", len(r.rest))
	}
	return r.err
}
