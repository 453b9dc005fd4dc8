package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// C2SP signed-note, tlog-checkpoint and tlog-cosignature; RFC 6962.

func leafHash(entry []byte) [32]byte { return sha256.Sum256(append([]byte{0}, entry...)) }

func nodeHash(left, right [32]byte) [32]byte {
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func treeRoot(leaves [][32]byte) [32]byte {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	split := 1
	for split*2 < len(leaves) {
		split *= 2
	}
	return nodeHash(treeRoot(leaves[:split]), treeRoot(leaves[split:]))
}

// RFC 9162 section 2.1.3.2.
func includes(root, leaf [32]byte, index, size uint64, proof [][32]byte) error {
	if index >= size {
		return fmt.Errorf("expected an entry below %d, found %d", size, index)
	}
	at, last, hash := index, size-1, leaf
	for _, sibling := range proof {
		if last == 0 {
			return errors.New("expected a shorter proof")
		}
		if at&1 == 1 || at == last {
			hash = nodeHash(sibling, hash)
			for at&1 == 0 && at != 0 {
				at, last = at>>1, last>>1
			}
		} else {
			hash = nodeHash(hash, sibling)
		}
		at, last = at>>1, last>>1
	}
	if last != 0 || hash != root {
		return errors.New("the proof does not lead to the root")
	}
	return nil
}

const (
	typeLog     = 1
	typeWitness = 4
)

type noteKey struct {
	name string
	kind byte
	key  ed25519.PublicKey
}

func (k noteKey) id() []byte {
	hash := sha256.New()
	hash.Write([]byte(k.name + "\n"))
	hash.Write(append([]byte{k.kind}, k.key...))
	return hash.Sum(nil)[:4]
}

// NAME+ID+BASE64
func parseKey(text string) (k noteKey, err error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return k, errors.New("expected a verifier key")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != typeWitness {
		return k, errors.New("expected the key of a witness")
	}
	k = noteKey{parts[0], raw[0], raw[1:]}
	if fmt.Sprintf("%x", k.id()) != parts[1] {
		return k, errors.New("expected the id of the key")
	}
	return k, nil
}

type checkpoint struct {
	origin string
	size   uint64
	root   [32]byte
}

// Every signature must be that of one of the keys, and every key must have signed. The log's own key has the name that
// the checkpoint begins with.
func openCheckpoint(note string, log ed25519.PublicKey, witnesses []noteKey) (c checkpoint, err error) {
	blank := strings.LastIndex(note, "\n\n")
	if blank < 0 {
		return c, errors.New("expected a signed note")
	}
	text, lines := note[:blank+1], strings.Split(strings.TrimSuffix(note[blank+2:], "\n"), "\n")
	fields := strings.Split(text, "\n")
	if len(fields) < 4 {
		return c, errors.New("expected origin, size and root")
	}
	c.origin = fields[0]
	if c.size, err = strconv.ParseUint(fields[1], 10, 63); err != nil {
		return c, err
	}
	root, err := base64.StdEncoding.Strict().DecodeString(fields[2])
	if err != nil || len(root) != len(c.root) {
		return c, errors.New("expected a root")
	}
	copy(c.root[:], root)
	keys := append([]noteKey{{c.origin, typeLog, log}}, witnesses...)
	if len(lines) != len(keys) {
		return c, fmt.Errorf("expected %d signatures, found %d", len(keys), len(lines))
	}
	for _, key := range keys {
		if !signed(text, lines, key) {
			return c, fmt.Errorf("expected a signature of %s that holds", key.name)
		}
	}
	return c, nil
}

func signed(text string, lines []string, key noteKey) bool {
	for _, line := range lines {
		encoded, mine := strings.CutPrefix(line, "— "+key.name+" ")
		raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if !mine || err != nil || len(raw) < 4 || !bytes.Equal(raw[:4], key.id()) {
			continue
		}
		raw = raw[4:]
		if key.kind == typeLog {
			return ed25519.Verify(key.key, []byte(text), raw)
		}
		if len(raw) != 8+ed25519.SignatureSize {
			return false
		}
		over := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(raw), text)
		return ed25519.Verify(key.key, []byte(over), raw[8:])
	}
	return false
}
