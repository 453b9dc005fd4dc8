package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A witness's signature in the words of C2SP's tlog-cosignature; note itself verifies the rest.
type cosignatureVerifier struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (v *cosignatureVerifier) Name() string    { return v.name }
func (v *cosignatureVerifier) KeyHash() uint32 { return v.hash }
func (v *cosignatureVerifier) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(v.key, []byte(signed), signature[8:])
}

func newCosignatureVerifier(text string) (note.Verifier, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("no verifier key: %q", text)
	}
	data := decode(parts[2])
	if len(data) != 1+ed25519.PublicKeySize || data[0] != 4 {
		return nil, fmt.Errorf("no key of a witness: %q", text)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), data...))
	hash := binary.BigEndian.Uint32(sum[:])
	if parts[1] != fmt.Sprintf("%08x", hash) {
		return nil, fmt.Errorf("expected the key id %08x, found %s", hash, parts[1])
	}
	return &cosignatureVerifier{parts[0], hash, data[1:]}, nil
}

// A log that Go makes: every record, and the hashes that tlog stores of them.
type goLog struct {
	signer note.Signer
	hashes []tlog.Hash
	size   int64
}

func (l *goLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, l.hashes[index])
	}
	return found, nil
}

func (l *goLog) add(story string, count int) error {
	for range count {
		hashes, err := tlog.StoredHashes(l.size, []byte(fmt.Sprintf("%s %d", story, l.size)), l)
		if err != nil {
			return err
		}
		l.hashes = append(l.hashes, hashes...)
		l.size++
	}
	return nil
}

func (l *goLog) fork() *goLog { return &goLog{l.signer, append([]tlog.Hash(nil), l.hashes...), l.size} }

// A request to cosign the log as it is, going on from a tree of `old` records, and the checkpoint in it.
func (l *goLog) request(old int64) (body string, checkpoint []byte, err error) {
	root, err := tlog.TreeHash(l.size, l)
	if err != nil {
		return "", nil, err
	}
	checkpoint, err = note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", l.signer.Name(), l.size, root)}, l.signer)
	if err != nil {
		return "", nil, err
	}
	body = fmt.Sprintf("old %d\n", old)
	if old > 0 && old < l.size {
		proof, err := tlog.ProveTree(l.size, old, l)
		if err != nil {
			return "", nil, err
		}
		for _, hash := range proof {
			body += hash.String() + "\n"
		}
	}
	return body + "\n" + string(checkpoint), checkpoint, nil
}

// A doublezero-witness that watches over one log.
type witness struct {
	folder   string
	process  *exec.Cmd
	url      string
	verifier note.Verifier
	log      *goLog
}

func startWitness(program string) (*witness, error) {
	folder, err := os.MkdirTemp("", "dz-witness-")
	if err != nil {
		return nil, err
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	secret, verifierKey, err := note.GenerateKey(rand.Reader, "go.example/log")
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, one := range private {
		numbers = append(numbers, int(one))
	}
	keyFile, portsFile := filepath.Join(folder, "key.json"), filepath.Join(folder, "ports.json")
	text, err := json.Marshal(numbers)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(keyFile, text, 0o600); err != nil {
		return nil, err
	}
	const name = "witness.example/go"
	typed := append([]byte{4}, public...)
	sum := sha256.Sum256(append([]byte(name+"\n"), typed...))
	verifier, err := newCosignatureVerifier(fmt.Sprintf("%s+%x+%s", name, sum[:4], base64.StdEncoding.EncodeToString(typed)))
	if err != nil {
		return nil, err
	}
	process := exec.Command(program, "--name", name, "--keypair", keyFile, "--log", verifierKey, "--store",
		filepath.Join(folder, "witness.db"), "--port", "0", "--ports-file", portsFile)
	if err := process.Start(); err != nil {
		return nil, err
	}
	var ports struct{ Http int }
	for range 1000 {
		if content, err := os.ReadFile(portsFile); err == nil && json.Unmarshal(content, &ports) == nil {
			return &witness{folder, process, fmt.Sprintf("http://127.0.0.1:%d", ports.Http), verifier, &goLog{signer: signer}}, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, fmt.Errorf("%s did not start within 10 s", program)
}

func (w *witness) post(body string) (status int, kind, answer string, err error) {
	response, err := http.Post(w.url+"/add-checkpoint", "text/plain", strings.NewReader(body))
	if err != nil {
		return 0, "", "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header.Get("Content-Type"), string(text), err
}

func (w *witness) expect(log *goLog, old int64, status int, answer string) error {
	body, _, err := log.request(old)
	if err != nil {
		return err
	}
	found, kind, said, err := w.post(body)
	if err != nil {
		return err
	}
	if found != status || (answer != "" && (said != answer || kind != "text/x.tlog.size")) {
		return fmt.Errorf("expected %d %q, found %d %s %q", status, answer, found, kind, said)
	}
	return nil
}

func (w *witness) cosigns() error {
	before := int64(0)
	for _, count := range []int{1, 6, 0, 300} {
		if err := w.log.add("entry", count); err != nil {
			return err
		}
		body, checkpoint, err := w.log.request(before)
		if err != nil {
			return err
		}
		status, _, answer, err := w.post(body)
		if err != nil || status != http.StatusOK {
			return fmt.Errorf("from %d: %d %s %w", before, status, answer, err)
		}
		cosigned, err := note.Open(append(bytes.Clone(checkpoint), answer...), note.VerifierList(w.verifier))
		if err != nil {
			return err
		}
		at := time.Unix(int64(binary.BigEndian.Uint64(decode(cosigned.Sigs[0].Base64)[4:])), 0)
		if time.Since(at).Abs() > time.Minute {
			return fmt.Errorf("cosigned at %v", at)
		}
		before = w.log.size
	}
	return nil
}

func (w *witness) saysItsSize() error {
	return errors.Join(w.expect(w.log, 0, http.StatusConflict, "307\n"), w.expect(w.log, 5, http.StatusConflict, "307\n"),
		w.expect(w.log, 307, http.StatusOK, ""))
}

func (w *witness) refusesAFork() error {
	other := &goLog{signer: w.log.signer}
	if err := other.add("other", 307); err != nil {
		return err
	}
	if err := w.expect(other, 307, http.StatusConflict, "307\n"); err != nil {
		return err
	}
	if err := other.add("other", 3); err != nil {
		return err
	}
	if err := w.expect(other, 307, http.StatusUnprocessableEntity, ""); err != nil {
		return err
	}
	longer := w.log.fork()
	if err := longer.add("entry", 9); err != nil {
		return err
	}
	return w.expect(longer, 307, http.StatusOK, "")
}

func (w *witness) knowsItsLogs() error {
	for name, status := range map[string]int{"go.example/log": http.StatusForbidden, "go.example/other": http.StatusNotFound} {
		secret, _, err := note.GenerateKey(rand.Reader, name)
		if err != nil {
			return err
		}
		signer, err := note.NewSigner(secret)
		if err != nil {
			return err
		}
		stranger := &goLog{signer: signer}
		if err := stranger.add("entry", 1); err != nil {
			return err
		}
		if err := w.expect(stranger, 0, status, ""); err != nil {
			return err
		}
	}
	return nil
}

func (w *witness) stop() error {
	if err := w.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	defer os.RemoveAll(w.folder)
	return w.process.Wait()
}
