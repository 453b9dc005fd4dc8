// Verifies bundles of decisions (docs/formats/decision-bundle.md) with nothing but Go's standard library: signatures, memo, policy,
// instructions, account, log, checkpoint, minutes, and what they add up to. The judging itself is the monitor's code's
// alone. Usage: bundle FILE...; exit code 0: all hold, 1: one does not.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

type bundle struct {
	Format      string   `json:"format"`
	Transaction []byte   `json:"transaction"`
	Statements  [][]byte `json:"statements"`
	Decision    int      `json:"decision"`
	Account     []byte   `json:"account"`
	Minutes     [][]byte `json:"minutes"`
	Policy      string   `json:"policy"`
	Index       uint64   `json:"index"`
	Inclusion   [][]byte `json:"inclusion"`
	Checkpoint  string   `json:"checkpoint"`
	Witnesses   []string `json:"witnesses"`
}

const (
	tagDeviceHealth = 83
	tagLinkHealth   = 84
)

var memoProgram = decodeBase58("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")

func decodeBase58(text string) (key [32]byte) {
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	for _, letter := range text {
		carry := strings.IndexRune(alphabet, letter)
		for i := len(key) - 1; i >= 0; i-- {
			carry += int(key[i]) * 58
			key[i] = byte(carry)
			carry >>= 8
		}
	}
	return key
}

// The number that a health has on the ledger of the policy's profile.
func healthCode(policy, health string, device bool) (byte, error) {
	codes := []string{"unknown", "pending", "healthy", "impaired"}
	if device && strings.HasPrefix(policy, "profile = \"v0.34\"\n") {
		codes = []string{"unknown", "pending", "ready-for-links", "healthy", "impaired"}
	}
	for code, word := range codes {
		if word == health {
			return byte(code), nil
		}
	}
	return 0, fmt.Errorf("expected a health of the profile, found %q", health)
}

type verifier struct {
	bundle
	statements []statement
	sent       transaction
	opened     checkpoint
}

func (v *verifier) decision() statement { return v.statements[v.Decision] }

func (v *verifier) readStatements() error {
	for _, raw := range v.Statements {
		one, err := readStatement(raw)
		if err != nil {
			return err
		}
		v.statements = append(v.statements, one)
	}
	if v.Decision < 0 || v.Decision >= len(v.statements) {
		return errors.New("expected one of the statements")
	}
	return nil
}

func (v *verifier) checkOpinions() error {
	for _, s := range v.statements {
		for _, o := range s.opinions {
			if !ed25519.Verify(o.judge[:], s.signedBy(o), o.signature) {
				return errors.New("expected the signature of each judge over what is stated")
			}
		}
	}
	return nil
}

func (v *verifier) readTransaction() (err error) {
	if v.sent, err = readTransaction(v.Transaction); err != nil {
		return err
	}
	if !v.sent.signedBy(v.decision().monitor) {
		return errors.New("expected the monitor among the signers")
	}
	return nil
}

func (v *verifier) checkMemo() error {
	var found []string
	for _, one := range v.sent.calls {
		if text, is := strings.CutPrefix(string(one.data), "dzd1:"); is && v.sent.keys[one.program] == memoProgram {
			found = append(found, text)
		}
	}
	var hashes [][32]byte
	for _, raw := range v.Statements {
		hashes = append(hashes, leafHash(raw))
	}
	root := treeRoot(hashes)
	if len(found) != 1 || found[0] != base64.StdEncoding.EncodeToString(root[:]) {
		return errors.New("expected one memo with the root over the statements")
	}
	return nil
}

func (v *verifier) checkPolicy() error {
	if sha256.Sum256([]byte(v.Policy)) != v.decision().policy {
		return errors.New("expected the policy whose SHA-256 is stated")
	}
	return nil
}

func (v *verifier) checkInstructions() error {
	count := 0
	for _, one := range v.sent.calls {
		if v.sent.keys[one.program] != v.decision().program || len(one.data) < 2 {
			continue
		}
		if one.data[0] != tagLinkHealth && one.data[0] != tagDeviceHealth {
			continue
		}
		if count == len(v.statements) {
			return errors.New("expected a statement for each change of health")
		}
		s := v.statements[count]
		count++
		code, err := healthCode(v.Policy, s.to, s.device)
		if err != nil {
			return err
		}
		if len(one.accounts) < 3 || v.sent.keys[one.accounts[0]] != s.record || v.sent.keys[one.accounts[2]] != s.monitor ||
			s.monitor != v.decision().monitor || (one.data[0] == tagDeviceHealth) != s.device || one.data[1] != code {
			return fmt.Errorf("instruction %d does not write what is stated", count)
		}
	}
	if count != len(v.statements) {
		return fmt.Errorf("expected %d changes of health, found %d", len(v.statements), count)
	}
	return nil
}

func (v *verifier) checkAccount() error {
	if sha256.Sum256(v.Account) != v.decision().account {
		return errors.New("expected the account whose SHA-256 is stated")
	}
	return nil
}

func (v *verifier) checkCheckpoint() (err error) {
	var witnesses []noteKey
	for _, text := range v.Witnesses {
		key, err := parseKey(text)
		if err != nil {
			return err
		}
		witnesses = append(witnesses, key)
	}
	monitor := v.decision().monitor
	v.opened, err = openCheckpoint(v.Checkpoint, monitor[:], witnesses)
	return err
}

func (v *verifier) checkLog() error {
	var proof [][32]byte
	for _, raw := range v.Inclusion {
		if len(raw) != 32 {
			return errors.New("expected hashes of 32 bytes")
		}
		proof = append(proof, [32]byte(raw))
	}
	return includes(v.opened.root, leafHash(v.Statements[v.Decision]), v.Index, v.opened.size, proof)
}

// The counts of a criterion are those of one of its leaves.
func (v *verifier) checkMinutes() error {
	var hashes [][32]byte
	var leaves []leaf
	for _, raw := range v.Minutes {
		hashes = append(hashes, leafHash(raw))
		one, err := readLeaf(raw)
		if err != nil {
			return err
		}
		leaves = append(leaves, one)
	}
	if treeRoot(hashes) != v.decision().minutes {
		return errors.New("expected the minutes whose root is stated")
	}
	for _, c := range v.decision().criteria {
		found, any := false, false
		for _, one := range leaves {
			if one.criterion == c.name && c.counts != nil {
				any = true
				found = found || one.counts == *c.counts
			}
		}
		if any && !found {
			return fmt.Errorf("%s: the minutes do not add up to what is stated", c.name)
		}
	}
	return nil
}

func verify(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	v := &verifier{}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&v.bundle); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	if v.Format != "doublezero-decision-bundle/1" || in.More() {
		return errors.New("bundle: expected one of this format, and nothing behind it")
	}
	for _, step := range []struct {
		part  string
		check func() error
	}{
		{"statement", v.readStatements}, {"opinions", v.checkOpinions}, {"transaction", v.readTransaction}, {"memo", v.checkMemo}, {"policy", v.checkPolicy},
		{"instruction", v.checkInstructions}, {"account", v.checkAccount}, {"checkpoint", v.checkCheckpoint},
		{"log", v.checkLog}, {"minutes", v.checkMinutes},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("%s: %w", step.part, err)
		}
	}
	return nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: bundle FILE...")
		os.Exit(2)
	}
	exit := 0
	for _, path := range os.Args[1:] {
		if err := verify(path); err != nil {
			fmt.Printf("%s: NOT verified: %v\n", path, err)
			exit = 1
		} else {
			fmt.Printf("%s: verified\n", path)
		}
	}
	os.Exit(exit)
}
