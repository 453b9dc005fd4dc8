package main

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
)

// docs/formats/decision.md.

type counts struct {
	from, to              int
	good, bad, unobserved uint32
}

type criterion struct {
	name, judgement string
	counts          *counts
}

type opinion struct {
	judge     [32]byte
	windowEnd int
	madeAt    uint64
	signature []byte
}

type statement struct {
	genesis, program, monitor, record, account, policy, minutes [32]byte
	device, reset                                               bool
	to                                                          string
	criteria                                                    []criterion
	opinions                                                    []opinion
}

func (r *reader) magic(magic string) {
	if found := string(r.take(4)); found != magic && r.err == nil {
		r.err = fmt.Errorf("expected %s, found %q", magic, found)
	}
	if version := r.u8(); version != 1 && r.err == nil {
		r.err = fmt.Errorf("expected version 1, found %d", version)
	}
}

func readStatement(bytes []byte) (s statement, err error) {
	r := &reader{rest: bytes}
	r.magic("DZDS")
	s.genesis = r.hash()
	s.program, s.monitor = r.hash(), r.hash()
	kind := r.u8()
	if kind > 1 && r.err == nil {
		r.err = errors.New("expected a link or a device")
	}
	s.device = kind == 1
	s.record, s.account = r.hash(), r.hash()
	r.u64()  // slot
	r.text() // status
	r.text() // desired status
	r.text() // health before
	s.to = r.text()
	r.text() // reason
	s.reset = r.flag()
	s.policy = r.hash()
	r.u64() // time
	r.option(func() { r.u64() })
	r.option(func() { r.u64() })
	r.u32() // window
	r.u64()
	r.flag()
	r.each(func() {
		r.text()
		r.option(func() { r.u32() })
		r.option(func() { r.u32() })
		r.flag()
		r.u64()
	})
	r.each(func() { s.criteria = append(s.criteria, readCriterion(r)) })
	s.minutes = r.hash()
	r.each(func() {
		s.opinions = append(s.opinions, opinion{r.hash(), r.minute(), r.u64(), r.take(ed25519.SignatureSize)})
	})
	return s, r.end()
}

// docs/formats/opinion.md: the bytes that the judge signed, with what the statement has of it.
func (s *statement) signedBy(o opinion) []byte {
	code := map[string]byte{"unknown": 0, "pending": 1, "healthy": 2, "impaired": 3, "ready-for-links": 4}[s.to]
	kind := byte(0)
	if s.device {
		kind = 1
	}
	b := []byte("doublezero opinion 1\n")
	b = append(append(append(b, s.genesis[:]...), s.program[:]...), o.judge[:]...)
	b = append(append(append(b, kind), s.record[:]...), s.account[:]...)
	b = binary.LittleEndian.AppendUint64(append(b, code), uint64(int64(o.windowEnd)))
	return binary.LittleEndian.AppendUint64(append(b, s.policy[:]...), o.madeAt)
}

func readCriterion(r *reader) (c criterion) {
	c.name = r.text()
	r.text() // mode
	r.flag()
	c.judgement = r.text()
	r.flag()
	r.flag()
	r.option(func() {
		c.counts = &counts{r.minute(), r.minute(), r.u32(), r.u32(), r.u32()}
	})
	r.option(func() { r.take(16) })
	r.option(func() { r.take(8) })
	return c
}

type leaf struct {
	criterion string
	counts    counts
}

func readLeaf(bytes []byte) (l leaf, err error) {
	r := &reader{rest: bytes}
	r.magic("DZML")
	l.criterion = r.text()
	signal := r.text()
	r.text() // subject
	r.option(func() { r.hash() })
	r.flag()
	r.flag()
	l.counts.from, l.counts.to = r.minute(), r.minute()
	packed := r.take(int(r.u32()))
	minutes := l.counts.to - l.counts.from
	if signal == "qa" {
		minutes = 0
	}
	if r.err == nil && (minutes < 0 || len(packed) != (minutes+3)/4) {
		r.err = errors.New("expected as many minutes as the window has")
	}
	for i := 0; i < minutes && r.err == nil; i++ {
		switch packed[i/4] >> (2 * (i % 4)) & 3 {
		case 0:
			l.counts.unobserved++
		case 1:
			l.counts.good++
		case 2:
			l.counts.bad++
		default:
			r.err = errors.New("expected a minute that is unobserved, good or bad")
		}
	}
	r.u64() // damped
	r.u64() // rise
	r.each(func() { r.take(4 + 2) })
	r.each(func() {
		r.take(4 + 2)
		r.option(func() { r.u64() })
		r.u64()
	})
	r.each(func() { r.take(8); r.flag() })
	r.each(func() { r.u64() })
	return l, r.end()
}
