// The log of decisions and its witness, checked with golang.org/x/mod/sumdb/tlog and note, which verify Go's own log of
// modules, and with github.com/transparency-dev/merkle. Usage: transparency path/to/log_sample path/to/doublezero-witness
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A log in a folder, as it is served.
type sample struct {
	folder       string
	log, witness note.Verifier
}

func (s *sample) read(path string) ([]byte, error) { return os.ReadFile(filepath.Join(s.folder, path)) }

func (s *sample) line(path string) (string, error) {
	text, err := s.read(path)
	return strings.TrimSuffix(string(text), "\n"), err
}

// The tree that a checkpoint states, once the log and the witness both have signed it.
func (s *sample) tree(path string) (tlog.Tree, error) {
	text, err := s.read(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(s.log, s.witness))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", path, err)
	}
	if len(opened.Sigs) != 2 || len(opened.UnverifiedSigs) != 0 {
		return tlog.Tree{}, fmt.Errorf("%s: expected two signatures, found %d and %d unknown", path, len(opened.Sigs), len(opened.UnverifiedSigs))
	}
	return parseCheckpoint(opened.Text, s.log.Name())
}

func parseCheckpoint(text, origin string) (tree tlog.Tree, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] != origin {
		return tree, fmt.Errorf("expected a checkpoint of %s, found %q", origin, text)
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// C2SP's paths are tlog's without the height, which is always 8.
func (s *sample) Height() int { return 8 }
func (s *sample) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := s.read("tile/" + strings.TrimPrefix(tile.Path(), "tile/8/"))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}
func (s *sample) SaveTiles([]tlog.Tile, [][]byte) {}

func (s *sample) proofs(kind string, check func(first, size int64, proof []tlog.Hash) error) error {
	files, err := os.ReadDir(filepath.Join(s.folder, kind))
	if err != nil {
		return err
	}
	for _, file := range files {
		var first, size int64
		if _, err := fmt.Sscanf(file.Name(), "%d.%d", &first, &size); err != nil {
			return err
		}
		text, err := s.read(kind + "/" + file.Name())
		if err != nil {
			return err
		}
		var hashes []tlog.Hash
		for _, line := range strings.Fields(string(text)) {
			hash, err := tlog.ParseHash(line)
			if err != nil {
				return err
			}
			hashes = append(hashes, hash)
		}
		if err := check(first, size, hashes); err != nil {
			return fmt.Errorf("%s/%s: %w", kind, file.Name(), err)
		}
	}
	if len(files) < 20 {
		return fmt.Errorf("expected at least 20 proofs in %s, found %d", kind, len(files))
	}
	return nil
}

func raw(hashes []tlog.Hash) (all [][]byte) {
	for _, hash := range hashes {
		all = append(all, bytes.Clone(hash[:]))
	}
	return all
}

func (s *sample) checkpoint(size int64) (tlog.Tree, error) {
	return s.tree(fmt.Sprintf("checkpoint.%d", size))
}

// Our proofs, by both libraries; and theirs, made out of our tiles, are the same.
func (s *sample) inclusion() error {
	return s.proofs("inclusion", func(index, size int64, ours []tlog.Hash) error {
		tree, err := s.checkpoint(size)
		if err != nil {
			return err
		}
		leaf := tlog.RecordHash([]byte(fmt.Sprintf("statement %d", index)))
		made, err := tlog.ProveRecord(size, index, tlog.TileHashReader(tree, s))
		if err != nil {
			return err
		}
		if fmt.Sprint(made) != fmt.Sprint(ours) {
			return fmt.Errorf("another proof than tlog makes: %v, %v", ours, made)
		}
		return errors.Join(tlog.CheckRecord(ours, size, tree.Hash, index, leaf),
			proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(size), leaf[:], raw(ours), tree.Hash[:]))
	})
}

func (s *sample) consistency() error {
	return s.proofs("consistency", func(from, to int64, ours []tlog.Hash) error {
		older, err := s.checkpoint(from)
		if err != nil {
			return err
		}
		newer, err := s.checkpoint(to)
		if err != nil {
			return err
		}
		made, err := tlog.ProveTree(to, from, tlog.TileHashReader(newer, s))
		if err != nil {
			return err
		}
		if fmt.Sprint(made) != fmt.Sprint(ours) {
			return fmt.Errorf("another proof than tlog makes: %v, %v", ours, made)
		}
		return errors.Join(tlog.CheckTree(ours, to, newer.Hash, from, older.Hash),
			proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(from), uint64(to), raw(ours), older.Hash[:], newer.Hash[:]))
	})
}

// Every entry of every bundle is in the tree, as the tiles have it.
func (s *sample) bundles() error {
	tree, err := s.tree("checkpoint")
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, s)
	for first := int64(0); first < tree.N; first += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: first / 256, W: int(min(256, tree.N-first))}
		data, err := s.read("tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/"))
		if err != nil {
			return err
		}
		var indexes []int64
		for i := range tile.W {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+int64(i)))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i := range tile.W {
			length := int(binary.BigEndian.Uint16(data))
			entry := data[2 : 2+length]
			data = data[2+length:]
			if tlog.RecordHash(entry) != hashes[i] || string(entry) != fmt.Sprintf("statement %d", first+int64(i)) {
				return fmt.Errorf("entry %d is not what the tree has: %q", first+int64(i), entry)
			}
		}
		if len(data) != 0 {
			return fmt.Errorf("%d bytes behind the last entry of bundle %d", len(data), first/256)
		}
	}
	return nil
}

func (s *sample) aChangedTile() error {
	tree, err := s.tree("checkpoint")
	if err != nil {
		return err
	}
	spoilt := &spoiltTiles{s}
	if _, err := tlog.ProveRecord(tree.N, 5, tlog.TileHashReader(tree, spoilt)); err == nil {
		return errors.New("tlog did not notice a changed tile")
	}
	return nil
}

type spoiltTiles struct{ *sample }

func (s *spoiltTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all, err := s.sample.ReadTiles(tiles)
	for _, data := range all {
		data[0] ^= 1
	}
	return all, err
}

func openSample(program string) (*sample, error) {
	folder, err := os.MkdirTemp("", "dz-log-")
	if err != nil {
		return nil, err
	}
	s := &sample{folder: folder}
	if said, err := exec.Command(program, folder).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	key, err := s.line("key")
	if err != nil {
		return nil, err
	}
	if s.log, err = note.NewVerifier(key); err != nil {
		return nil, err
	}
	if key, err = s.line("witness-key"); err != nil {
		return nil, err
	}
	s.witness, err = newCosignatureVerifier(key)
	return s, err
}

func run() error {
	s, err := openSample(os.Args[1])
	if err != nil {
		return err
	}
	defer os.RemoveAll(s.folder)
	w, err := startWitness(os.Args[2])
	if err != nil {
		return err
	}
	tests := []struct {
		name string
		run  func() error
	}{
		{"inclusion proofs", s.inclusion},
		{"consistency proofs", s.consistency},
		{"bundles of entries", s.bundles},
		{"a changed tile is noticed", s.aChangedTile},
		{"the witness cosigns a log that Go made", w.cosigns},
		{"the witness says which size it saw", w.saysItsSize},
		{"the witness cosigns no second story", w.refusesAFork},
		{"the witness knows its logs", w.knowsItsLogs},
		{"a clean stop", w.stop},
	}
	failures := 0
	for _, test := range tests {
		if err := test.run(); err != nil {
			failures++
			fmt.Printf("FAIL  %s: %v\n", test.name, err)
			continue
		}
		fmt.Printf("ok    %s\n", test.name)
	}
	if failures > 0 {
		return fmt.Errorf("%d failed", failures)
	}
	fmt.Printf("%d passed\n", len(tests))
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func decode(text string) []byte {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return data
}
